//! Splits made elsewhere.

use std::fs;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, DictionaryArray, Int64Array, LargeStringArray, StringArray, StringViewArray, UInt8Array,
    UInt32Array,
};
use arrow::datatypes::Int8Type;
use dataset::split::Part;
use raw::{Assignment, Error, read_assignments};

use crate::{folder, parquet, shared};

fn expected(fold: Option<u8>) -> Vec<Option<Assignment>> {
    vec![
        Some(Assignment { part: Part::Test, fold: None }),
        None,
        Some(Assignment { part: Part::BaseTrain, fold }),
        Some(Assignment { part: Part::MetaTrain, fold: None }),
    ]
}

fn read_csv(text: &str) -> Result<Vec<Option<Assignment>>, Error> {
    let folder = folder(&[("split.csv", text.as_bytes())]);
    read_assignments(&folder.path().join("split.csv"), 4)
}

#[test]
fn a_csv_in_any_order_with_further_columns() {
    let found =
        read_csv("note,split,row,fold\nx,base_train,2,3\n\"a,b\",test,0,\n,meta_train,3, \n").unwrap();
    assert_eq!(found, expected(Some(3)));
    let found = read_csv("row,split\r\n3,meta_train\r\n2,base_train\r\n0,test").unwrap();
    assert_eq!(found, expected(None));
}

#[test]
fn parquet_with_strings_of_any_kind() {
    let names = vec!["base_train", "test", "meta_train"];
    let dictionary: DictionaryArray<Int8Type> = names.iter().copied().collect();
    let strings: [ArrayRef; 4] = [
        Arc::new(StringArray::from(names.clone())),
        Arc::new(LargeStringArray::from(names.clone())),
        Arc::new(StringViewArray::from(names)),
        Arc::new(dictionary),
    ];
    for split in strings {
        let folder = folder(&[]);
        let file = folder.path().join("split.parquet");
        let row: ArrayRef = Arc::new(UInt32Array::from(vec![2, 0, 3]));
        let fold: ArrayRef = Arc::new(UInt8Array::from(vec![Some(3), None, None]));
        parquet::write(&file, vec![("split", split), ("fold", fold), ("row", row)]);
        assert_eq!(read_assignments(&file, 4).unwrap(), expected(Some(3)));
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (text, problem) in [
        (
            "row,split\n0,train\n",
            "split.csv, line 2, column split: found \"train\", expected base_train, meta_train or test",
        ),
        (
            "row,split\n0,test\n0,test\n",
            "split.csv, line 3, column row: found 0 a second time, expected each row once",
        ),
        (
            "row,split\n4,test\n",
            "split.csv, line 2, column row: found 4, expected a row of the ratings file, which has 4",
        ),
        ("row,split\n-1,test\n", "split.csv, line 2, column row: found \"-1\""),
        (
            "row,split,fold\n1,test,256\n",
            "split.csv, line 2, column fold: found \"256\", expected a whole number from 0 to 255",
        ),
        ("row,split\n1\n", "split.csv, line 2, column split: found 1 field, expected 2"),
        ("index,split\n1,test\n", "split.csv: no column row; its columns are index, split"),
    ] {
        let message = read_csv(text).unwrap_err().to_string();
        assert!(message.contains(problem), "{message}\n{problem}");
        assert!(!message.contains("--skip-bad-rows"), "{message}");
    }
    let folder = folder(&[]);
    let missing = read_assignments(&folder.path().join("split.csv"), 4).unwrap_err();
    assert!(missing.is_usage(), "{missing}");

    let file = folder.path().join("split.parquet");
    let row: ArrayRef = Arc::new(Int64Array::from(vec![0, 9]));
    let split: ArrayRef = Arc::new(StringArray::from(vec!["test", "test"]));
    parquet::write(&file, vec![("row", row), ("split", split)]);
    let message = read_assignments(&file, 4).unwrap_err().to_string();
    assert!(message.contains("split.parquet, row 2, column row: found 9"), "{message}");
    fs::write(&file, "PAR1").unwrap();
    assert!(matches!(read_assignments(&file, 4).unwrap_err(), Error::Parquet { .. }));
}

#[test]
fn the_reference_split() {
    let Some(file) = shared("notebook/notebook-42.parquet") else { return };
    let found = read_assignments(&file, 100_836).unwrap();
    let count = |part| found.iter().flatten().filter(|assignment| assignment.part == part).count();
    // DESIGN.md section 2: 64,534 / 16,134 / 20,168 rows
    assert_eq!(Part::ALL.map(count), [64_534, 16_134, 20_168]);
}
