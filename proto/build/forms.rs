//! What forms fill in: a request's fields by their names, tags and kinds.

use crate::requests::{Head, head};
use crate::rule::FieldRule;
use crate::{package, rpcs};
use proc_macro2::TokenStream;
use prost_reflect::{Kind, MessageDescriptor};
use quote::quote;

/// Its fields for whoever fills it in.
pub(crate) fn fillable(message: &MessageDescriptor, request: &TokenStream, plain: &TokenStream) -> TokenStream {
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
            Kind::Uint64 => quote!(Number(crate::LARGEST)),
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
