//! Queries checked by the compiler, on SQLite compiled from C: 20,000 rows written, joined and read.

use diesel::connection::SimpleConnection;
use diesel::dsl::{count_star, sum};
use diesel::prelude::*;
use libsqlite3_sys as _;

diesel::table! {
    makers (id) {
        id -> Integer,
        name -> Text,
    }
}

diesel::table! {
    parts (id) {
        id -> Integer,
        maker -> Integer,
        name -> Text,
        weight -> Nullable<Double>,
    }
}

diesel::joinable!(parts -> makers (maker));
diesel::allow_tables_to_appear_in_same_query!(makers, parts);

#[derive(Insertable)]
#[diesel(table_name = makers)]
struct NewMaker {
    id: i32,
    name: String,
}

#[derive(Insertable, Queryable, Selectable, Identifiable, AsChangeset)]
#[diesel(table_name = parts)]
struct Part {
    id: i32,
    maker: i32,
    name: String,
    weight: Option<f64>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut db = SqliteConnection::establish(":memory:")?;
    db.batch_execute(
        "CREATE TABLE makers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
         CREATE TABLE parts (id INTEGER PRIMARY KEY, maker INTEGER NOT NULL, name TEXT NOT NULL, weight DOUBLE);
         CREATE INDEX parts_by_maker ON parts (maker);",
    )?;
    db.transaction(|db| -> QueryResult<()> {
        for id in 0..50 {
            diesel::insert_into(makers::table).values(NewMaker { id, name: format!("maker {id}") }).execute(db)?;
        }
        for id in 0..20_000 {
            let weight = (id % 9 != 0).then_some(f64::from(id % 1000) / 8.0);
            let part = Part { id, maker: id * 7 % 50, name: format!("part {}", id * 31 % 997), weight };
            diesel::insert_into(parts::table).values(part).execute(db)?;
        }
        Ok(())
    })?;
    let (mut texts, mut rows) = (0, 0);
    for maker in 0..50 {
        let found: Vec<(Part, String)> = parts::table
            .inner_join(makers::table)
            .filter(parts::maker.eq(maker).and(parts::weight.gt(20.0).or(parts::weight.is_null())))
            .order((parts::name.asc(), parts::id.desc()))
            .select((Part::as_select(), makers::name))
            .load(&mut db)?;
        rows += found.len();
        texts += found.iter().map(|(part, name)| part.name.len() * name.len()).sum::<usize>();
        if let Some((part, _)) = found.first() {
            diesel::update(part).set(parts::weight.eq(Some(1.5))).execute(&mut db)?;
        }
    }
    let by_maker: Vec<(i32, i64, Option<f64>)> = parts::table
        .group_by(parts::maker)
        .select((parts::maker, count_star(), sum(parts::weight)))
        .order(parts::maker)
        .load(&mut db)?;
    let weight: f64 = by_maker.iter().filter_map(|it| it.2).sum();
    println!("{rows} rows, {texts}, {} makers, {weight:.3}", by_maker.len());
    Ok(())
}
