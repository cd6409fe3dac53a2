/// Declares an aggregate's event enum together with its stored form.
///
/// `events! { /// docs
/// IdeaEvent, "submission", "idea", [ IdeaSubmitted, IdeaAccepted ] }` makes an enum with one variant
/// per struct and the functions that map it to and from (type, data), for the streams `idea/…`. The type is
/// `idesluss.<service>.v<version>.<Name>`; both it and the struct's members are the stored form:
/// change neither after a release.
macro_rules! events {
    ($(#[$doc:meta])* $enum:ident, $service:literal, $stream:literal, [$($name:ident),+ $(,)?]) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $enum {
            $(
                #[doc = concat!("See [`", stringify!($name), "`].")]
                $name($name),
            )+
        }

        impl $enum {
            /// Every type name of this aggregate, as stored.
            pub const TYPES: &'static [&'static str] =
                &[$($name::TYPE),+];

            /// The first part of the names of the streams that they stand in.
            pub const STREAM: &'static str = $stream;

            /// The stored type name.
            pub fn type_name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $name::TYPE,)+
                }
            }

            /// The stored data: one JSON object without white space.
            pub fn to_data(&self) -> String {
                match self {
                    $(Self::$name(event) => $crate::words::json::to_string(event),)+
                }
            }

            /// Every text that stands sealed in the event, by the path of its member.
            pub(crate) fn sealed_texts(&self) -> Vec<(String, $crate::words::SealedText)> {
                match self {
                    $(Self::$name(event) => $crate::sealed::sealed_texts(event),)+
                }
            }

            /// Reads stored data back.
            ///
            /// Returns `Ok(None)` when the type belongs to no event of this aggregate.
            /// Errors: the data does not fit the type.
            pub fn from_data(type_name: &str, data: &str) -> Result<Option<Self>, serde_json::Error> {
                match type_name {
                    $($name::TYPE =>
                        serde_json::from_str(data).map(|event| Some(Self::$name(event))),)+
                    _ => Ok(None),
                }
            }
        }

        $(
            impl $name {
                /// The stored type name.
                pub const TYPE: &'static str = concat!("idesluss.", $service, ".v1.", stringify!($name));
            }

            impl From<$name> for $enum {
                fn from(event: $name) -> Self {
                    Self::$name(event)
                }
            }
        )+
    };
}

/// Declares an aggregate's rejections: a variant, its kind and its stable code, and the limits that its sentence speaks of.
///
/// The code travels to whoever asked; what people are told stands with the phrases, in every language, under it.
macro_rules! rejections {
    ($(#[$doc:meta])* $enum:ident { $($(#[$vdoc:meta])* $name:ident => $kind:ident, $code:literal $(, $limit:ident = $value:expr)*;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        pub enum $enum {
            $(
                $(#[$vdoc])*
                #[error($code)]
                $name,
            )+
        }

        impl $enum {
            /// Every rejection of this aggregate.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable, machine-readable reason.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// What sort of refusal it is; the services map it to a status code.
            pub fn kind(self) -> $crate::words::RejectionKind {
                match self { $(Self::$name => $crate::words::RejectionKind::$kind,)+ }
            }

            /// The limits that its sentence speaks of, by name.
            pub fn limits(self) -> &'static [(&'static str, u64)] {
                match self { $(Self::$name => &[$((stringify!($limit), $value as u64)),*],)+ }
            }
        }

        impl From<$enum> for $crate::words::Rejection {
            fn from(rejection: $enum) -> Self {
                Self { kind: rejection.kind(), code: rejection.code(), limits: rejection.limits() }
            }
        }
    };
}

/// A table of what may be done with a thing: a constant for each line, and all of them as `RULES`.
macro_rules! rules {
    ($(#[$doc:meta])* $thing:ty { $($name:ident = $action:literal, [$($($role:ident)|+ : $relation:ident),+] => [$($event:ident),+], $state:expr;)+ }) => {
        $(
            #[doc = concat!("`", $action, "`")]
            pub const $name: $crate::rights::Rule<$thing> = $crate::rights::Rule {
                action: $action,
                by: &[$((&[$($crate::words::Role::$role),+], $crate::rights::Relation::$relation)),+],
                writes: &[$($event::TYPE),+],
                state: $state,
            };
        )+

        $(#[$doc])*
        pub const RULES: &[&$crate::rights::Rule<$thing>] = &[$(&$name),+];
    };
}
