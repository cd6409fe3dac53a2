//! Every rpc, known by its request.

use crate::package;
use crate::rule::CommandRule;
use proc_macro2::TokenStream;
use prost_reflect::{DescriptorPool, Kind, MessageDescriptor};
use quote::{format_ident, quote};

pub(crate) fn generate(pool: &DescriptorPool) -> Result<TokenStream, Box<dyn std::error::Error>> {
    let mut code = TokenStream::new();
    let (mut services, mut all_irreversible) = (Vec::new(), Vec::new());
    for service in pool.services() {
        let (name, mut methods) = (service.full_name().to_owned(), Vec::new());
        for method in service.methods() {
            methods.push(method.name().to_owned());
            let (request, response) = (path(&method.input()), path(&method.output()));
            let own = method.name();
            let full = format!("/{name}/{own}");
            let irreversible = CommandRule::of(&method.input()).is_some_and(|rule| rule.irreversible);
            all_irreversible.extend(irreversible.then(|| own.to_owned()));
            code.extend(quote! {
                impl crate::Rpc for #request {
                    type Response = #response;
                    const SERVICE: &'static str = #name;
                    const METHOD: &'static str = #own;
                    const PATH: &'static str = #full;
                    const IRREVERSIBLE: bool = #irreversible;
                }
            });
            if only_token(&method.output()) {
                code.extend(quote! {
                    impl From<crate::pb::command::Token> for #response {
                        fn from(token: crate::pb::command::Token) -> Self {
                            Self { token: Some(token) }
                        }
                    }
                });
            }
        }
        services.push(quote!((#name, &[#(#methods),*])));
    }
    code.extend(quote! {
        /// Every service of the contract with its methods.
        pub const SERVICES: &[(&str, &[&str])] = &[#(#services),*];

        /// The rpcs that can't be undone, by name.
        pub const IRREVERSIBLE: &[&str] = &[#(#all_irreversible),*];
    });
    Ok(code)
}

/// Where prost puts a message.
pub(crate) fn path(message: &MessageDescriptor) -> TokenStream {
    let (package, name) = (
        format_ident!("{}", package(message.full_name())),
        format_ident!("{}", message.name()),
    );
    quote!(crate::pb::#package::#name)
}

/// Whether a message says where a command's events stand, and nothing else.
fn only_token(message: &MessageDescriptor) -> bool {
    let fields: Vec<_> = message.fields().collect();
    matches!(fields.as_slice(), [only] if matches!(only.kind(), Kind::Message(kind) if kind.full_name() == "idesluss.command.v1.Token"))
}
