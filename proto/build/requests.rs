//! What a request is once it has been read: its fields as words of the domain; and of a command its texts apart, and how they are sealed.

use crate::rule::{CommandRule, FieldRule};
use crate::{messages, package, rpcs, rule, words};
use proc_macro2::TokenStream;
use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor};
use quote::{format_ident, quote};
use std::collections::BTreeMap;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// What a message is, by what it begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Head {
    Command,
    Query,
    /// It is part of another.
    None,
}

pub(crate) fn generate(pool: &DescriptorPool) -> Outcome<TokenStream> {
    let mut modules: BTreeMap<String, TokenStream> = BTreeMap::new();
    for message in messages(pool) {
        let head = head_of(&message);
        if head == Head::None && !message.fields().any(|field| FieldRule::of(&field).is_some()) {
            continue;
        }
        let code = Checked::of(&message, head)?.code()?;
        modules
            .entry(package(message.full_name()).to_owned())
            .or_default()
            .extend(code);
    }
    let modules = modules.into_iter().map(|(name, code)| {
        let (doc, name) = (format!("Requests of {name}."), format_ident!("{name}"));
        quote! {
            #[doc = #doc]
            pub mod #name { #code }
        }
    });
    Ok(quote!(#(#modules)*))
}

fn head_of(message: &MessageDescriptor) -> Head {
    let heads = message.fields().map(|field| head(&field));
    heads.into_iter().find(|head| *head != Head::None).unwrap_or(Head::None)
}

fn head(field: &FieldDescriptor) -> Head {
    match field.kind() {
        Kind::Message(kind) if kind.full_name() == "idesluss.command.v1.Command" => Head::Command,
        Kind::Message(kind) if kind.full_name() == "idesluss.command.v1.Query" => Head::Query,
        _ => Head::None,
    }
}

/// A message's fields as they are read.
struct Checked {
    message: MessageDescriptor,
    head: Head,
    fields: Vec<Field>,
}

/// A field as it is read.
struct Field {
    name: String,
    docs: String,
    /// Its type once it has been read; `T` stands for a text.
    ty: TokenStream,
    /// Reads it from `request`: gives an option, None where something is wrong.
    read: TokenStream,
    text: Text,
}

/// What of a field is to be sealed.
enum Text {
    /// Nothing.
    None,
    /// The field itself, for this member of the event; one that may be left out is an option.
    Sealed {
        member: String,
        event: String,
        optional: bool,
    },
    /// A text among others of the event's member `texts`.
    Of { key: String, event: String, optional: bool },
    /// Texts in its parts.
    Parts,
}

impl Checked {
    fn of(message: &MessageDescriptor, own: Head) -> Outcome<Self> {
        let fields = message.fields().filter(|field| head(field) == Head::None);
        Ok(Self {
            fields: fields.map(|field| Field::of(&field)).collect::<Outcome<_>>()?,
            message: message.clone(),
            head: own,
        })
    }

    /// Whether there is anything to seal in it.
    fn has_texts(&self) -> bool {
        self.fields.iter().any(|field| !matches!(field.text, Text::None))
    }

    fn code(&self) -> Outcome<TokenStream> {
        let full = self.message.name();
        let short = full
            .strip_suffix("Request")
            .or(full.strip_suffix("Header"))
            .unwrap_or(full);
        let (name, request) = (format_ident!("{short}"), rpcs::path(&self.message));
        let docs = format!("`{full}`, read.");
        let members = self.members();
        let (reads, names) = self.reads();
        let texts = self.fields.iter().any(|field| matches!(field.text, Text::Of { .. }));
        let (gather, gathered) = if texts {
            (self.gather(), quote!(texts,))
        } else {
            (quote!(), quote!())
        };
        let generic = if self.has_texts() {
            quote!(<T = idesluss_domain::words::SealedText>)
        } else {
            quote!()
        };
        let plain = if self.has_texts() {
            quote!(#name<crate::Plaintext>)
        } else {
            quote!(#name)
        };
        let sealing = self.sealing(&name);
        let fillable = match self.head {
            Head::Query => quote!(),
            Head::Command | Head::None => fillable(&self.message, &request, &plain),
        };
        let whole = match self.head {
            Head::Command => self.command(&name, &request, &plain)?,
            Head::Query => question(&name, &request),
            Head::None => quote!(),
        };
        Ok(quote! {
            #[doc = #docs]
            #[derive(Debug, Clone)]
            pub struct #name #generic { #members }

            impl #plain {
                /// Reads it, and notes everything that is wrong with it.
                pub fn read(request: #request, reader: &mut crate::Reader) -> Option<Self> {
                    let _ = (&request, &*reader);
                    #reads
                    #gather
                    Some(Self { #gathered #(#names: #names?,)* })
                }
            }

            #sealing
            #whole
            #fillable
        })
    }

    fn members(&self) -> TokenStream {
        let mut code = TokenStream::new();
        if self.fields.iter().any(|field| matches!(field.text, Text::Of { .. })) {
            code.extend(quote! {
                /// The texts that stand beside each other, by field; one that is left out is not there.
                pub texts: std::collections::BTreeMap<String, T>,
            });
        }
        for field in self
            .fields
            .iter()
            .filter(|field| !matches!(field.text, Text::Of { .. }))
        {
            let (name, ty, docs) = (format_ident!("{}", field.name), &field.ty, &field.docs);
            code.extend(quote! {
                #[doc = #docs]
                pub #name: #ty,
            });
        }
        code
    }

    /// What reads all fields, and the names of those that stand for themselves.
    fn reads(&self) -> (TokenStream, Vec<proc_macro2::Ident>) {
        let (mut code, mut names) = (TokenStream::new(), Vec::new());
        for field in &self.fields {
            let (name, read) = (format_ident!("{}", field.name), &field.read);
            code.extend(quote!(let #name = #read;));
            if !matches!(field.text, Text::Of { .. }) {
                names.push(name);
            }
        }
        (code, names)
    }

    fn gather(&self) -> TokenStream {
        let mut code = quote!(let mut texts = std::collections::BTreeMap::new(););
        for field in &self.fields {
            if let Text::Of { key, optional, .. } = &field.text {
                let name = format_ident!("{}", field.name);
                let insert = if *optional {
                    quote!(texts.extend(#name?.map(|text| (#key.to_owned(), text)));)
                } else {
                    quote!(texts.insert(#key.to_owned(), #name?);)
                };
                code.extend(insert);
            }
        }
        code
    }

    fn sealing(&self, name: &proc_macro2::Ident) -> TokenStream {
        if !self.has_texts() {
            return quote!();
        }
        let (mut sealing, mut fields) = (TokenStream::new(), TokenStream::new());
        let has_map = self.fields.iter().any(|field| matches!(field.text, Text::Of { .. }));
        if has_map {
            sealing.extend(quote!(let mut texts = std::collections::BTreeMap::new();));
            fields.extend(quote!(texts,));
        }
        for field in &self.fields {
            let own = format_ident!("{}", field.name);
            match &field.text {
                Text::None => fields.extend(quote!(#own: self.#own,)),
                Text::Sealed {
                    member,
                    event,
                    optional,
                } => {
                    let (member, event) = (path_in_event(member), event_name(event));
                    fields.extend(quote!(#own,));
                    sealing.extend(if *optional {
                        quote! {
                            let #own = match self.#own {
                                Some(text) => Some(sealer.seal(#event, #member, text).await?),
                                None => None,
                            };
                        }
                    } else {
                        quote!(let #own = sealer.seal(#event, #member, self.#own).await?;)
                    });
                }
                Text::Of { key, event, .. } => {
                    let (member, event) = (format!("texts.{key}"), event_name(event));
                    sealing.extend(quote! {
                        if let Some(text) = self.texts.remove(#key) {
                            texts.insert(#key.to_owned(), sealer.seal(#event, #member, text).await?);
                        }
                    });
                }
                Text::Parts => {
                    fields.extend(quote!(#own,));
                    sealing.extend(quote! {
                        let mut #own = Vec::with_capacity(self.#own.len());
                        for (number, part) in self.#own.into_iter().enumerate() {
                            #own.push(part.sealed(event, number, sealer).await?);
                        }
                    });
                }
            }
        }
        let own = if has_map { quote!(mut self) } else { quote!(self) };
        quote! {
            impl #name<crate::Plaintext> {
                /// Seals its texts for `event`; `number` is which of several parts it is.
                pub async fn sealed<S: crate::Seal>(
                    #own,
                    event: &'static str,
                    number: usize,
                    sealer: &mut S,
                ) -> Result<#name, S::Error> {
                    let _ = (event, number);
                    #sealing
                    Ok(#name { #fields })
                }
            }
        }
    }

    /// What makes it a command.
    fn command(&self, name: &proc_macro2::Ident, request: &TokenStream, plain: &TokenStream) -> Outcome<TokenStream> {
        let rule = CommandRule::of(&self.message);
        let event = rule.as_ref().map(|rule| rule.event.clone()).unwrap_or_default();
        let scope = match rule.filter(|rule| !rule.scope.is_empty()) {
            Some(rule) => {
                let (scope, about) = (format_ident!("{}", rule.scope), format_ident!("{}", rule.about));
                quote!(Some(idesluss_domain::words::Scope::#scope(plain.#about)))
            }
            None => quote!({
                let _ = plain;
                None
            }),
        };
        let seal = if self.has_texts() {
            quote!(plain.sealed(event, 0, sealer).await)
        } else {
            quote!({
                let _ = (event, sealer);
                Ok(plain)
            })
        };
        Ok(quote! {
            impl crate::Command for #name {
                type Request = #request;
                type Plain = #plain;
                const EVENT: &'static str = #event;

                fn head(request: &#request) -> Option<&crate::pb::command::Command> {
                    request.command.as_ref()
                }

                fn read(request: #request, reader: &mut crate::Reader) -> Option<#plain> {
                    <#plain>::read(request, reader)
                }

                fn scope(plain: &#plain) -> Option<idesluss_domain::words::Scope> {
                    #scope
                }

                async fn seal<S: crate::Seal>(
                    plain: #plain,
                    event: &'static str,
                    sealer: &mut S,
                ) -> Result<Self, S::Error> {
                    #seal
                }
            }
        })
    }
}

/// Its fields for whoever fills it in.
fn fillable(message: &MessageDescriptor, request: &TokenStream, plain: &TokenStream) -> TokenStream {
    let fields = message.fields().map(|field| {
        let rule = FieldRule::of(&field).unwrap_or_default();
        let (name, tag, optional) = (field.name(), field.number(), rule.optional);
        let (min, max) = (rule.min as usize, rule.max as usize);
        let many = match field.is_list() {
            true => quote!(Some(crate::Count { min: #min, max: #max })),
            false => quote!(None),
        };
        let kind = match field.kind() {
            _ if head(&field) == Head::Command => quote!(Command),
            Kind::String if rule.word.ends_with("Decimal") => quote!(Decimal),
            Kind::String if rule.word.ends_with("Id") => quote!(Id),
            Kind::String => quote!(Text),
            Kind::Bool => quote!(Bool),
            Kind::Uint32 => quote!(Number(u32::MAX as u64)),
            // Databases count with a sign.
            Kind::Uint64 => quote!(Number(i64::MAX as u64)),
            Kind::Enum(_) => quote!(Choice),
            Kind::Message(part) if package(part.full_name()) != "command" => {
                let part = rpcs::path(&part);
                quote!(Part(<#part as crate::Fillable>::FIELDS))
            }
            _ => quote!(Other),
        };
        quote! {
            crate::Field {
                name: #name,
                tag: #tag,
                kind: crate::FieldKind::#kind,
                many: #many,
                optional: #optional,
            }
        }
    });
    quote! {
        impl crate::Fillable for #request {
            const FIELDS: &'static [crate::Field] = &[#(#fields),*];

            fn problems(self) -> Vec<crate::FieldProblem> {
                let mut reader = crate::Reader::default();
                <#plain>::read(self, &mut reader);
                reader.into_problems()
            }
        }
    }
}

/// What makes it a question.
fn question(name: &proc_macro2::Ident, request: &TokenStream) -> TokenStream {
    quote! {
        impl crate::Question for #name {
            type Request = #request;

            fn query(request: &#request) -> Option<&crate::pb::command::Query> {
                request.query.as_ref()
            }

            fn read(request: #request, reader: &mut crate::Reader) -> Option<Self> {
                Self::read(request, reader)
            }
        }
    }
}

/// The name of the event: the command's unless the field has one of its own.
fn event_name(own: &str) -> TokenStream {
    if own.is_empty() { quote!(event) } else { quote!(#own) }
}

/// A member's path in the event.
fn path_in_event(member: &str) -> TokenStream {
    if let Some((before, after)) = member.split_once('#') {
        let format = format!("{before}{{number}}{after}");
        return quote!(&format!(#format));
    }
    if let Some((before, field)) = member.split_once('{') {
        let (format, field) = (
            format!("{before}{{}}"),
            format_ident!("{}", field.trim_end_matches('}')),
        );
        return quote!(&format!(#format, self.#field));
    }
    quote!(#member)
}

impl Field {
    fn of(field: &FieldDescriptor) -> Outcome<Self> {
        let name = field.name().to_owned();
        let rule = FieldRule::of(field);
        let docs = comment(field);
        let has_rule = rule.is_some();
        let rule = rule.unwrap_or_default();
        let own = format_ident!("{name}");
        let wrong = |why: &str| format!("{}: {why}", field.full_name());
        let (min, max, each) = (rule.min as usize, rule.max as usize, rule.each as usize);
        let mut text = Text::None;
        let (ty, read) = match field.kind() {
            Kind::String if !has_rule => return Err(wrong("a text without a bound").into()),
            Kind::String if field.is_list() && rule.word.is_empty() => (
                quote!(Vec<String>),
                quote!(reader.open_texts(#name, request.#own, #min..=#max, #each)),
            ),
            Kind::String if field.is_list() => {
                let word = words::domain_path(&rule.word)?;
                (
                    quote!(Vec<#word>),
                    quote!(reader.words::<#word>(#name, &request.#own, #min..=#max)),
                )
            }
            Kind::String if !rule.word.is_empty() => {
                let word = words::domain_path(&rule.word)?;
                if rule.optional {
                    (
                        quote!(Option<#word>),
                        quote!(reader.word_if_any::<#word>(#name, &request.#own)),
                    )
                } else {
                    (word.clone(), quote!(reader.word::<#word>(#name, &request.#own)))
                }
            }
            Kind::String if rule.seals.is_empty() => (
                quote!(String),
                quote!(reader.open_text(#name, request.#own, #min..=#max)),
            ),
            Kind::String => {
                let (event, optional) = (rule.event.clone(), rule.optional);
                text = match rule.seals.strip_prefix("texts.") {
                    Some(key) => Text::Of {
                        key: key.to_owned(),
                        event,
                        optional,
                    },
                    None => Text::Sealed {
                        member: rule.seals.clone(),
                        event,
                        optional,
                    },
                };
                if optional {
                    (quote!(Option<T>), quote!(reader.text_if_any(#name, request.#own, #max)))
                } else {
                    (quote!(T), quote!(reader.text(#name, request.#own, #min..=#max)))
                }
            }
            Kind::Enum(kind) => {
                let contract = words::path(&kind);
                let word = match rule::words(&kind) {
                    Some(domain) => words::domain_path(&domain)?,
                    None => contract.clone(),
                };
                if field.is_list() {
                    (
                        quote!(Vec<#word>),
                        quote!(reader.choices::<#contract, #word>(#name, &request.#own, #min..=#max)),
                    )
                } else if rule.optional {
                    (
                        quote!(Option<#word>),
                        quote!(reader.choice_if_any::<#contract, #word>(#name, request.#own)),
                    )
                } else {
                    (
                        word.clone(),
                        quote!(reader.choice::<#contract, #word>(#name, request.#own)),
                    )
                }
            }
            Kind::Bool => (quote!(bool), quote!(Some(request.#own))),
            Kind::Uint32 if rule.usual > 0 => {
                let usual = rule.usual;
                (
                    quote!(u32),
                    quote!(Some(crate::request::page_size(request.#own, #usual, #max as u32))),
                )
            }
            Kind::Uint32 if rule.max > 0 => (
                quote!(u32),
                quote!(reader.number(#name, request.#own, #min as u32..=#max as u32)),
            ),
            Kind::Uint32 => (quote!(u32), quote!(Some(request.#own))),
            Kind::Uint64 => (quote!(u64), quote!(Some(request.#own))),
            Kind::Message(part) if package(part.full_name()) == "command" => {
                let part = rpcs::path(&part);
                (quote!(Option<#part>), quote!(Some(request.#own)))
            }
            Kind::Message(part) => {
                let checked = Checked::of(&part, Head::None)?;
                let (package, short) = (
                    format_ident!("{}", package(part.full_name())),
                    format_ident!("{}", part.name()),
                );
                let (ty, plain) = if checked.has_texts() {
                    text = Text::Parts;
                    let path = quote!(crate::requests::#package::#short);
                    (quote!(#path<T>), quote!(#path::<crate::Plaintext>))
                } else {
                    let path = quote!(crate::requests::#package::#short);
                    (path.clone(), path)
                };
                if field.is_list() {
                    (
                        quote!(Vec<#ty>),
                        quote!(reader.parts(#name, request.#own, #min..=#max, #plain::read)),
                    )
                } else {
                    (ty, quote!(reader.part(#name, request.#own, #plain::read)))
                }
            }
            other => return Err(wrong(&format!("{other:?} has no place in a command")).into()),
        };
        Ok(Self {
            name,
            docs,
            ty,
            read,
            text,
        })
    }
}

/// What the contract says of a field.
fn comment(field: &FieldDescriptor) -> String {
    let file = field.parent_message().parent_file();
    let path = field.path();
    let info = file.file_descriptor_proto().source_code_info.as_ref();
    let location = info.and_then(|info| info.location.iter().find(|location| location.path == path));
    location
        .and_then(|location| location.leading_comments.clone())
        .unwrap_or_default()
}
