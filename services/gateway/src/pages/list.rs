//! A list: a way to look for something, ways to look at what there is, and what there is.

use crate::components::{Link, Table};
use crate::components::{Tab, Tabs};
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
    /// What is to be known of what is shown.
    pub(super) notes: Vec<&'static str>,
    /// None: what was looked for can't be.
    pub(super) table: Option<Table>,
    /// Leads to the rest of it.
    pub(super) more: Option<Link>,
}

impl List {
    pub(super) fn new(user: &User, title: &'static str) -> Self {
        Self {
            frame: Frame::of(user),
            title,
            intro: "",
            search: None,
            tabs: None,
            notes: Vec::new(),
            table: None,
            more: None,
        }
    }

    /// Ways to look at it, one of which is where one is.
    pub(super) fn tabs(mut self, tabs: Vec<Tab>) -> Self {
        let label = self.frame.l.t("common-show");
        self.tabs = Some(Tabs { label, tabs });
        self
    }

    pub(super) fn draw(self, user: &User) -> Result<Response, WebError> {
        drawn(user, &self)
    }
}
