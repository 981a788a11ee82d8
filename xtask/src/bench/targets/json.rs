use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Read;
#[derive(Serialize, Deserialize, Debug)]
struct Item {
    name: String,
    price: f64,
    tags: Vec<String>,
    #[serde(default)]
    more: BTreeMap<String, serde_json::Value>,
}
fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let mut items: Vec<Item> = match serde_json::from_str(&text) {
        Ok(items) => items,
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(1)
        }
    };
    items.sort_by(|a, b| a.price.total_cmp(&b.price));
    println!("{}", serde_json::to_string_pretty(&items).unwrap());
}
