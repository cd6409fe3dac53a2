use crate::form::Form;

/// The one thing that comes next: its form stands open under what it is called.
#[derive(Debug, Clone)]
pub(crate) struct Next {
    pub(crate) heading: String,
    pub(crate) form: Form,
}

impl Next {
    /// A form that would be folded elsewhere.
    pub(crate) fn of(mut form: Form) -> Self {
        let heading = std::mem::take(&mut form.summary);
        Self { heading, form }
    }
}
