//! Columns of numbers and texts: filters, sorts, sums and CSV of 200,000 rows.

use arrow::array::{Array, ArrayRef, Float64Array, Int64Array, StringArray};
use arrow::compute::{self, SortColumn, kernels::cmp};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::record_batch::RecordBatch;
use std::sync::Arc;

fn main() -> Result<(), arrow::error::ArrowError> {
    let rows = 200_000_i64;
    let ids = Int64Array::from_iter_values((0..rows).map(|it| it * 7919 % rows));
    let prices = Float64Array::from_iter((0..rows).map(|it| (it % 13 != 0).then_some((it * 31 % 9973) as f64 / 100.0)));
    let names = StringArray::from_iter_values((0..rows).map(|it| format!("part {}", it * 17 % 1009)));
    let schema = Arc::new(Schema::new(vec![
        Field::new("id", DataType::Int64, false),
        Field::new("price", DataType::Float64, true),
        Field::new("name", DataType::Utf8, false),
    ]));
    let columns: Vec<ArrayRef> = vec![Arc::new(ids), Arc::new(prices), Arc::new(names)];
    let batch = RecordBatch::try_new(schema, columns)?;
    let prices = batch.column(1).as_any().downcast_ref::<Float64Array>().expect("numbers");
    let dear = compute::filter_record_batch(&batch, &cmp::gt(prices, &Float64Array::new_scalar(50.0))?)?;
    let order = compute::lexsort_to_indices(
        &[
            SortColumn { values: dear.column(2).clone(), options: None },
            SortColumn { values: dear.column(0).clone(), options: None },
        ],
        None,
    )?;
    let sorted = compute::take_record_batch(&dear, &order)?;
    let prices = sorted.column(1).as_any().downcast_ref::<Float64Array>().expect("numbers");
    let mut csv = Vec::new();
    arrow::csv::Writer::new(&mut csv).write(&sorted)?;
    let schema = sorted.schema();
    let again = arrow::csv::ReaderBuilder::new(schema).with_header(true).with_batch_size(4096).build(&csv[..])?;
    let mut sum = 0.0;
    for batch in again {
        let batch = batch?;
        sum += compute::sum(batch.column(1).as_any().downcast_ref::<Float64Array>().expect("numbers")).unwrap_or(0.0);
    }
    println!("{} rows, {} nulls, {:.2}, {:.2}", sorted.num_rows(), prices.null_count(), compute::sum(prices).unwrap_or(0.0), sum);
    Ok(())
}
