use serde::Serialize;

/// Writes a value of ours as JSON without white space.
///
/// Our event structs have string keys and no fallible serializers, so this can't fail.
pub(crate) fn to_string<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("event structs serialize to JSON")
}
