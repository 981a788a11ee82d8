//! A search engine: an index of 20,000 texts in memory, and 200 queries.

use tantivy::collector::{Count, TopDocs};
use tantivy::query::QueryParser;
use tantivy::schema::{INDEXED, STORED, Schema, TEXT, Value};
use tantivy::{Index, TantivyDocument, doc};

const WORDS: [&str; 24] = [
    "iron", "steel", "furnace", "air", "blast", "pig", "carbon", "slag", "converter", "heat", "rail", "bridge", "mould", "ladle",
    "charge", "lining", "spark", "flame", "manganese", "silicon", "tap", "pour", "cast", "roll",
];

/// A text of its own for each number.
fn text(number: u64) -> String {
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut text = String::new();
    for _ in 0..30 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.push_str(WORDS[(state % 24) as usize]);
        text.push(' ');
    }
    text
}

fn main() -> tantivy::Result<()> {
    let mut schema = Schema::builder();
    let id = schema.add_u64_field("id", INDEXED | STORED);
    let body = schema.add_text_field("body", TEXT | STORED);
    let index = Index::create_in_ram(schema.build());
    let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, 50_000_000)?;
    for number in 0..20_000_u64 {
        writer.add_document(doc!(id => number, body => text(number)))?;
    }
    writer.commit()?;
    let searcher = index.reader()?.searcher();
    let parser = QueryParser::for_index(&index, vec![body]);
    let (mut found, mut first) = (0, 0);
    for number in 0..200 {
        let (a, b, c) = (WORDS[number % 24], WORDS[number * 5 % 23], WORDS[number / 7 % 24]);
        let query = parser.parse_query(&format!("\"{a} {b}\" OR ({b} AND {c} AND -{a})"))?;
        let (top, count) = searcher.search(&query, &(TopDocs::with_limit(3).order_by_score(), Count))?;
        found += count;
        // Texts of one score come in the order of the index's threads, so only what they say is counted.
        for (_, address) in top {
            let document: TantivyDocument = searcher.doc(address)?;
            first += document.get_first(body).and_then(|value| value.as_str()).map_or(0, str::len);
        }
    }
    println!("{found} found, {first} bytes in the best");
    Ok(())
}
