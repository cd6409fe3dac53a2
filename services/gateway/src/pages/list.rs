//! A list: a way to look for something, ways to look at what there is, and what there is.

use crate::components::{Cards, Facet, Facets, Pager, Tab, Table, Tabs};
use crate::error::WebError;
use crate::form::Form;
use crate::frame::Frame;
use crate::session::User;
use crate::view::drawn;
use askama::Template;
use axum::response::Response;

/// A page with a list.
#[derive(Template)]
#[template(path = "list.html")]
pub(super) struct List {
    frame: Frame,
    title: &'static str,
    pub(super) intro: &'static str,
    pub(super) search: Option<Form>,
    tabs: Option<Tabs>,
    facets: Facets,
    /// What is to be known of what is shown.
    pub(super) notes: Vec<String>,
    pub(super) listed: Listed,
    pub(super) pager: Pager,
}

/// What there is.
pub(super) enum Listed {
    /// A line each.
    Table(Table),
    /// A card each.
    Cards(Cards),
    /// What was looked for can't be.
    Nothing,
}

impl List {
    pub(super) fn new(user: &User, title: &'static str) -> Self {
        Self {
            frame: Frame::of(user),
            title,
            intro: "",
            search: None,
            tabs: None,
            facets: Facets::default(),
            notes: Vec::new(),
            listed: Listed::Nothing,
            pager: Pager::default(),
        }
    }

    /// Lists beside each other, one of which is where one is.
    pub(super) fn tabs(mut self, tabs: Vec<Tab>) -> Self {
        let label = self.frame.l.t("common-show");
        self.tabs = Some(Tabs { label, tabs });
        self
    }

    /// What it is narrowed down by.
    pub(super) fn facets(mut self, facets: Vec<Facet>) -> Self {
        self.facets = Facets(facets);
        self
    }

    pub(super) fn draw(self, user: &User) -> Result<Response, WebError> {
        drawn(user, &self)
    }
}
