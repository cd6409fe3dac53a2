//! The contract's enums: all that each has to choose from, and the domain's words for them, and back.

use crate::rule::FieldRule;
use crate::{package, rule};
use heck::ToUpperCamelCase as _;
use proc_macro2::TokenStream;
use prost_reflect::{DescriptorPool, EnumDescriptor, EnumValueDescriptor};
use quote::{format_ident, quote};

pub(crate) fn generate(pool: &DescriptorPool) -> Result<TokenStream, Box<dyn std::error::Error>> {
    let mut code = TokenStream::new();
    for words in pool
        .all_enums()
        .filter(|words| words.package_name().starts_with("idesluss."))
    {
        code.extend(choices(&words));
        if let Some(domain) = rule::words(&words) {
            code.extend(conversions(&words, &domain)?);
        }
    }
    Ok(code)
}

/// All of it that can be chosen.
fn choices(words: &EnumDescriptor) -> TokenStream {
    let (contract, values) = (path(words), stated(words).map(|value| name(words, &value)));
    quote! {
        impl crate::Choices for #contract {
            const ALL: &'static [Self] = &[#(Self::#values),*];
        }
    }
}

fn conversions(words: &EnumDescriptor, domain: &str) -> Result<TokenStream, syn::Error> {
    let (contract, domain) = (path(words), domain_path(domain)?);
    let values: Vec<_> = stated(words).map(|value| name(words, &value)).collect();
    Ok(quote! {
        impl From<#domain> for #contract {
            fn from(word: #domain) -> Self {
                match word { #(#domain::#values => Self::#values,)* }
            }
        }

        impl TryFrom<#contract> for #domain {
            type Error = crate::Unstated;

            fn try_from(word: #contract) -> Result<Self, crate::Unstated> {
                Ok(match word {
                    #(#contract::#values => Self::#values,)*
                    _ => return Err(crate::Unstated),
                })
            }
        }
    })
}

/// Its values but the one that says that none is stated.
pub(crate) fn stated(words: &EnumDescriptor) -> impl Iterator<Item = EnumValueDescriptor> + '_ {
    words.values().filter(|value| value.number() != 0)
}

/// A value's name as prost gives it: without the enum's own name before it.
fn name(words: &EnumDescriptor, value: &EnumValueDescriptor) -> proc_macro2::Ident {
    let name = value.name().to_upper_camel_case();
    format_ident!("{}", name.strip_prefix(words.name()).unwrap_or(&name))
}

/// Where prost puts an enum.
pub(crate) fn path(words: &EnumDescriptor) -> TokenStream {
    let (package, name) = (
        format_ident!("{}", package(words.full_name())),
        format_ident!("{}", words.name()),
    );
    quote!(crate::pb::#package::#name)
}

/// The most that a rule allows: a number, or the domain's constant for it.
pub(crate) fn most(rule: &FieldRule) -> Result<TokenStream, syn::Error> {
    if rule.most.is_empty() {
        let max = rule.max as usize;
        return Ok(quote!(#max));
    }
    let constant = domain_path(&rule.most)?;
    Ok(quote!(#constant as usize))
}

/// A type of the domain by its path below the crate; a bare name is one of its words. Pages are the contract's own.
pub(crate) fn domain_path(path: &str) -> Result<TokenStream, syn::Error> {
    if path == "PageToken" {
        return Ok(quote!(crate::PageToken));
    }
    let path = if path.contains("::") || path.ends_with("Status") {
        format!("idesluss_domain::{path}")
    } else {
        format!("idesluss_domain::words::{path}")
    };
    let path: syn::Path = syn::parse_str(&path)?;
    Ok(quote!(#path))
}
