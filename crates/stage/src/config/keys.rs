//! The keys of a configuration, found in its JSON schema.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value as Json;
use toml::Value;

/// One key that holds a value (not a table).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Key {
    /// The tables that lead to it, and its own name.
    pub path: Vec<String>,
    /// What the field's documentation says.
    pub help: String,
    /// What its values are.
    pub kind: Kind,
}

/// The type of a key's value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Boolean,
    Integer,
    Number,
    Text,
    OneOf(Vec<String>),
    List(Box<Kind>),
}

impl Key {
    /// The flag without its dashes: `gb-learning-rate`.
    pub fn flag(&self) -> String {
        self.path.join("-").replace('_', "-")
    }

    /// The value that `text` stands for.
    pub fn parse(&self, text: &str) -> Result<Value, String> {
        self.kind.parse(text)
    }
}

impl Kind {
    fn parse(&self, text: &str) -> Result<Value, String> {
        let expected = |what: &str| format!("expected {what}");
        match self {
            Self::Boolean => text.parse().map(Value::Boolean).map_err(|_| expected("true or false")),
            Self::Integer => text.parse().map(Value::Integer).map_err(|_| expected("a whole number")),
            Self::Number => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(Value::Float(number)),
                _ => Err(expected("a number")),
            },
            Self::Text => Ok(Value::String(text.to_owned())),
            Self::OneOf(names) if names.iter().any(|name| name == text) => Ok(Value::String(text.to_owned())),
            Self::OneOf(names) => Err(expected(&format!("one of {}", names.join(", ")))),
            Self::List(kind) => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                parts.map(|part| kind.parse(part)).collect::<Result<_, _>>().map(Value::Array)
            }
        }
    }

    /// The value's name in `--help`.
    pub fn placeholder(&self) -> String {
        match self {
            Self::Boolean => "BOOL".to_owned(),
            Self::Integer => "N".to_owned(),
            Self::Number => "X".to_owned(),
            Self::Text => "TEXT".to_owned(),
            Self::OneOf(names) => names.join("|"),
            Self::List(kind) => format!("{},...", kind.placeholder()),
        }
    }
}

/// All keys of `C`, in the order of its fields.
pub(crate) fn of<C: JsonSchema>() -> Vec<Key> {
    let settings = SchemaSettings::default().with(|settings| settings.inline_subschemas = true);
    let schema = settings.into_generator().into_root_schema_for::<C>();
    let mut keys = Vec::new();
    collect(schema.as_value(), &mut Vec::new(), &mut keys);
    keys
}

fn collect(schema: &Json, path: &mut Vec<String>, keys: &mut Vec<Key>) {
    let Some(properties) = schema.get("properties").and_then(Json::as_object) else { return };
    for (name, property) in properties {
        path.push(name.clone());
        if property.get("properties").is_some() {
            collect(property, path, keys);
        } else if let Some(kind) = kind_of(property) {
            let help = property.get("description").and_then(Json::as_str).unwrap_or_default().to_owned();
            keys.push(Key { path: path.clone(), help, kind });
        }
        path.pop();
    }
}

fn kind_of(schema: &Json) -> Option<Kind> {
    if let Some(names) = names_of(schema) {
        return Some(Kind::OneOf(names));
    }
    // An optional value: `anyOf` it and null.
    if let Some(options) = schema.get("anyOf").and_then(Json::as_array) {
        return options.iter().find_map(kind_of);
    }
    let types: Vec<&str> = match schema.get("type")? {
        Json::String(name) => vec![name],
        Json::Array(names) => names.iter().filter_map(Json::as_str).collect(),
        _ => return None,
    };
    types.into_iter().find_map(|name| match name {
        "boolean" => Some(Kind::Boolean),
        "integer" => Some(Kind::Integer),
        "number" => Some(Kind::Number),
        "string" => Some(Kind::Text),
        "array" => Some(Kind::List(Box::new(kind_of(schema.get("items")?)?))),
        _ => None,
    })
}

/// The names of an enum without fields: `enum` where its variants have no documentation, else `oneOf` constants or both.
fn names_of(schema: &Json) -> Option<Vec<String>> {
    let text = |value: &Json| value.as_str().map(str::to_owned);
    if let Some(values) = schema.get("enum").and_then(Json::as_array) {
        return values.iter().map(text).collect();
    }
    let options = schema.get("oneOf").and_then(Json::as_array)?;
    let names = options.iter().map(|option| match option.get("const") {
        Some(value) => Some(vec![text(value)?]),
        None => names_of(option),
    });
    names.collect::<Option<Vec<_>>>().map(|lists| lists.concat())
}
