//! The column types of the artifacts, and their Arrow counterparts.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BinaryArray, Float32Array, Float64Array, Int8Array, Int32Array, Int64Array, ListArray,
    ListBuilder, StringArray, StringBuilder,
};
use arrow::datatypes::DataType;

use super::TryIntoVec;

macro_rules! columns {
    ($($(#[$doc:meta])* $variant:ident($type:ty), $name:literal;)*) => {
        /// One column, without a name.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Column {
            $($(#[$doc])* $variant(Vec<$type>),)*
            /// Text, in one block of memory.
            Text(StringArray),
        }

        impl Column {
            /// How many values there are.
            pub fn len(&self) -> usize {
                match self {
                    $(Self::$variant(values) => values.len(),)*
                    Self::Text(texts) => texts.len(),
                }
            }

            /// The type in words, for messages.
            pub fn type_name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                    Self::Text(_) => "text",
                }
            }
        }

        $(
            impl From<Vec<$type>> for Column {
                fn from(values: Vec<$type>) -> Self {
                    Self::$variant(values)
                }
            }

            impl TryIntoVec<$type> for Column {
                fn try_into_vec(self) -> Result<Vec<$type>, &'static str> {
                    match self {
                        Self::$variant(values) => Ok(values),
                        _ => Err($name),
                    }
                }
            }
        )*
    };
}

columns! {
    /// 8-bit integers: labels.
    Int8(i8), "int8";
    /// 8-bit integers or null: folds.
    OptionalInt8(Option<i8>), "nullable int8";
    /// 32-bit integers: counts, K.
    Int32(i32), "int32";
    /// 32-bit integers or null: years.
    OptionalInt32(Option<i32>), "nullable int32";
    /// 64-bit integers: ids, rows, seconds.
    Int64(i64), "int64";
    /// 64-bit integers or null: bytes that were not measured.
    OptionalInt64(Option<i64>), "nullable int64";
    /// 32-bit floats: ratings.
    Float(f32), "float";
    /// 32-bit floats or null: ratings that nobody gave.
    OptionalFloat(Option<f32>), "nullable float";
    /// 64-bit floats: scores, features, metrics.
    Double(f64), "double";
    /// 64-bit floats or null: intervals.
    OptionalDouble(Option<f64>), "nullable double";
    /// Bytes: co-ratings on their way.
    Binary(Vec<u8>), "bytes";
    /// Lists of text: genres.
    TextList(Vec<String>), "list of text";
}

impl From<Vec<String>> for Column {
    fn from(texts: Vec<String>) -> Self {
        texts.iter().map(String::as_str).collect()
    }
}

impl<'a> FromIterator<&'a str> for Column {
    fn from_iter<T: IntoIterator<Item = &'a str>>(texts: T) -> Self {
        Self::Text(StringArray::from_iter_values(texts))
    }
}

impl TryIntoVec<String> for Column {
    fn try_into_vec(self) -> Result<Vec<String>, &'static str> {
        match self {
            Self::Text(texts) => Ok(texts.iter().flatten().map(str::to_owned).collect()),
            _ => Err("text"),
        }
    }
}

impl Column {
    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Each text, as `parse` understands it: without a copy of every text.
    ///
    /// # Errors
    /// What the column holds instead: a text that `parse` does not understand, or another type.
    pub(super) fn parse<T>(&self, parse: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, String> {
        let Self::Text(texts) = self else { return Err(self.type_name().to_owned()) };
        texts.iter().flatten().map(|text| parse(text).ok_or_else(|| format!("`{text}`"))).collect()
    }

    /// The Arrow array of this column, and whether it may hold nulls.
    pub(crate) fn into_arrow(self) -> (ArrayRef, bool) {
        let array: ArrayRef = match self {
            Self::Int8(values) => Arc::new(Int8Array::from(values)),
            Self::Int32(values) => Arc::new(Int32Array::from(values)),
            Self::Int64(values) => Arc::new(Int64Array::from(values)),
            Self::Float(values) => Arc::new(Float32Array::from(values)),
            Self::Double(values) => Arc::new(Float64Array::from(values)),
            Self::Text(texts) => Arc::new(texts),
            Self::OptionalInt8(values) => return (Arc::new(Int8Array::from(values)), true),
            Self::OptionalInt32(values) => return (Arc::new(Int32Array::from(values)), true),
            Self::OptionalInt64(values) => return (Arc::new(Int64Array::from(values)), true),
            Self::OptionalFloat(values) => return (Arc::new(Float32Array::from(values)), true),
            Self::OptionalDouble(values) => return (Arc::new(Float64Array::from(values)), true),
            Self::Binary(values) => Arc::new(BinaryArray::from_iter_values(values)),
            Self::TextList(lists) => {
                let mut builder = ListBuilder::new(StringBuilder::new());
                for list in lists {
                    for text in list {
                        builder.values().append_value(text);
                    }
                    builder.append(true);
                }
                Arc::new(builder.finish())
            }
        };
        (array, false)
    }

    /// The column that holds the values of `arrays` one after the other.
    ///
    /// # Errors
    /// Says in words which type or null does not fit.
    pub(super) fn from_arrow(
        data_type: &DataType,
        nullable: bool,
        arrays: &[ArrayRef],
    ) -> Result<Self, String> {
        macro_rules! numbers {
            ($array:ty, $plain:ident $(, $optional:ident)?) => {{
                $(if nullable {
                    let parts = downcast::<$array>(arrays)?;
                    return Ok(Self::$optional(parts.iter().flat_map(|part| part.iter()).collect()));
                })?
                Self::$plain(concat::<$array, _>(arrays, |part, values| values.extend_from_slice(part.values()))?)
            }};
        }
        Ok(match data_type {
            DataType::Int8 => numbers!(Int8Array, Int8, OptionalInt8),
            DataType::Int32 => numbers!(Int32Array, Int32, OptionalInt32),
            DataType::Int64 => numbers!(Int64Array, Int64, OptionalInt64),
            DataType::Float32 => numbers!(Float32Array, Float, OptionalFloat),
            DataType::Float64 => numbers!(Float64Array, Double, OptionalDouble),
            DataType::Utf8 => {
                let parts = downcast::<StringArray>(arrays)?;
                if parts.iter().any(|part| part.null_count() > 0) {
                    return Err("with nulls where none may be".to_owned());
                }
                parts.iter().flat_map(|part| part.iter().flatten()).collect()
            }
            DataType::List(_) => Self::TextList(text_lists(arrays)?),
            other => return Err(format!("of type {other}, which no artifact has")),
        })
    }
}

fn downcast<A: Array + 'static>(arrays: &[ArrayRef]) -> Result<Vec<&A>, String> {
    arrays
        .iter()
        .map(|array| array.as_any().downcast_ref::<A>().ok_or_else(|| "of mixed types".to_owned()))
        .collect()
}

fn concat<A: Array + 'static, T>(
    arrays: &[ArrayRef],
    append: impl Fn(&A, &mut Vec<T>),
) -> Result<Vec<T>, String> {
    let mut values = Vec::with_capacity(arrays.iter().map(Array::len).sum());
    for part in downcast::<A>(arrays)? {
        if part.null_count() > 0 {
            return Err("with nulls where none may be".to_owned());
        }
        append(part, &mut values);
    }
    Ok(values)
}

fn text_lists(arrays: &[ArrayRef]) -> Result<Vec<Vec<String>>, String> {
    let mut lists = Vec::new();
    for part in downcast::<ListArray>(arrays)? {
        for list in part {
            let list = list.ok_or("with nulls where none may be")?;
            lists.push(concat::<StringArray, _>(&[list], |texts, values| {
                values.extend(texts.iter().flatten().map(str::to_owned));
            })?);
        }
    }
    Ok(lists)
}
