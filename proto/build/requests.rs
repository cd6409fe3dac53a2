//! What a request is once it has been read: its fields as words of the domain; and of a command its texts apart, and how they are sealed.

use crate::field::{Field, Text, event_name, path_in_event};
use crate::forms::fillable;
use crate::rule::{CommandRule, FieldRule};
use crate::{messages, package, rpcs};
use proc_macro2::TokenStream;
use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor};
use quote::{format_ident, quote};
use std::collections::BTreeMap;

pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// What a message is, by what it begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Head {
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

pub(crate) fn head(field: &FieldDescriptor) -> Head {
    match field.kind() {
        Kind::Message(kind) if kind.full_name() == "idesluss.command.v1.Command" => Head::Command,
        Kind::Message(kind) if kind.full_name() == "idesluss.command.v1.Query" => Head::Query,
        _ => Head::None,
    }
}

/// A message's fields as they are read.
pub(crate) struct Checked {
    message: MessageDescriptor,
    head: Head,
    fields: Vec<Field>,
}

impl Checked {
    pub(crate) fn of(message: &MessageDescriptor, own: Head) -> Outcome<Self> {
        let fields = message.fields().filter(|field| head(field) == Head::None);
        Ok(Self {
            fields: fields.map(|field| Field::of(&field)).collect::<Outcome<_>>()?,
            message: message.clone(),
            head: own,
        })
    }

    /// Whether there is anything to seal in it.
    pub(crate) fn has_texts(&self) -> bool {
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
            Head::Command | Head::None => fillable(&self.message, &request, &plain)?,
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
        let begins = rule.as_ref().is_some_and(|rule| rule.begins);
        if begins && rule.as_ref().is_none_or(|rule| rule.scope.is_empty()) {
            return Err(format!("{name}: what begins with it is not said: it has no scope").into());
        }
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
                const BEGINS: bool = #begins;

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
