rejections! {
    /// Why something can't be done with an idea.
    IdeaRejection {
        /// Nothing was submitted under this id.
        Unknown => NotFound, "NO_SUCH_IDEA", "There is no such idea.";
        /// The id is taken.
        OtherIdea => Precondition, "OTHER_IDEA", "Another idea stands under this id: choose a new one.";
        /// The actor's role does not allow it.
        WrongRole => Forbidden, "WRONG_ROLE", "Your role does not allow this.";
        /// The actor belongs to another organisation.
        WrongOrganisation => Forbidden, "WRONG_ORGANISATION", "This idea belongs to another organisation.";
        /// Somebody else's idea.
        NotYours => Forbidden, "NOT_YOURS", "Only who submitted the idea may do this.";
        /// An author, or who wrote one that goes on as this, leads nothing of it.
        OwnIdea => Forbidden, "OWN_IDEA", "Nobody judges an idea of their own, or leads what becomes of it: let a colleague with this role do it. If nobody else holds the role, somebody else must be given it.";
        /// Whom nobody has asked.
        NotProposed => Forbidden, "NOT_PROPOSED", "Nobody has asked you to be a co-author of this idea.";
        /// Said no before.
        CoauthorDeclined => Precondition, "COAUTHOR_DECLINED", "This person has been asked and has said no. They can still agree by themselves.";
        /// An author stays one.
        IsAuthor => Precondition, "IS_AUTHOR", "You are an author of this idea already; that stands.";
        /// More than an idea may have.
        TooManyAuthors => Precondition, "TOO_MANY_AUTHORS", "An idea has at most 20 authors, with those who have been asked.";
        /// A text is missing.
        TextsMissing => Invalid, "TEXTS_MISSING", "An idea needs a title and at least one of problem and proposal.";
        /// Terms are missing.
        TermsMissing => Invalid, "TERMS_MISSING", "Accept the terms first.";
        /// The state does not allow it.
        WrongState => Precondition, "WRONG_STATE", "This can't be done with the idea where it stands now: look again.";
        /// It has ended.
        Ended => Precondition, "IDEA_ENDED", "The idea has been closed.";
        /// A receipt with something else was sent.
        ReceiptSent => Precondition, "RECEIPT_SENT", "A receipt has been sent already.";
        /// Taken-over ideas get none.
        NoReceipt => Precondition, "NO_RECEIPT", "An idea that was taken over gets no receipt and no promise.";
        /// Not a date to promise.
        DatePast => Invalid, "DATE_PAST", "The day has passed: choose a later one.";
        /// A date lies in the future.
        DateAhead => Invalid, "DATE_AHEAD", "The day lies in the future.";
        /// Nothing was asked.
        NothingAsked => Precondition, "NOTHING_ASKED", "Nothing has been asked about this idea.";
        /// No brief.
        NoBrief => Precondition, "NO_BRIEF", "Approve a brief first.";
        /// The brief is not confirmed.
        NotDeidentified => Invalid, "NOT_DEIDENTIFIED", "Confirm that nothing in the brief points to a person.";
        /// The brief is being evaluated.
        BriefInUse => Precondition, "BRIEF_IN_USE", "The brief is being evaluated: replace it when this gate is decided.";
        /// The submitter has not agreed.
        NoConsent => Precondition, "NO_CONSENT", "Ask the submitter first: a duplicate is linked with consent only.";
        /// None of this organisation's.
        NoSuchOriginal => Invalid, "NO_SUCH_ORIGINAL", "There is no such idea in this organisation that it could go on with: choose another.";
        /// Itself.
        Itself => Invalid, "ITSELF", "An idea can't point to itself.";
        /// The submitter was not told.
        SubmitterNotTold => Precondition, "SUBMITTER_NOT_TOLD", "Tell the submitter before the idea leaves the organisation.";
        /// The receiver is the organisation itself.
        OwnHouse => Invalid, "OWN_HOUSE", "The idea is in this organisation's sluice already.";
        /// The evaluation is another one.
        OtherEvaluation => Precondition, "OTHER_EVALUATION", "This evaluation is not one of the idea's.";
        /// Nobody was asked.
        NotReferred => Precondition, "NOT_REFERRED", "The idea was not referred to this organisation.";
        /// The submitter has not been told yet.
        NotFedBack => Precondition, "NOT_FED_BACK", "Tell the submitter what became of the idea before closing it.";
        /// Not taken over.
        NotImported => Precondition, "NOT_IMPORTED", "Only an idea that was taken over, and has not been worked on since, can be set to an earlier state.";
        /// No erasure was asked for.
        NoErasure => Precondition, "NO_ERASURE", "No erasure of this idea has been asked for or decided.";
        /// The brief is another organisation's.
        AskOrigin => Precondition, "ASK_THE_ORIGIN", "The brief belongs to the organisation that referred this idea: ask it to erase the idea. When it has, what was written here can be erased too.";
        /// Erasure is decided.
        ErasureDecided => Precondition, "ERASURE_DECIDED", "The erasure has been decided already.";
        /// One person alone.
        OwnErasure => Forbidden, "OWN_ERASURE", "Whoever asked for the erasure does not decide it: somebody else must, since it can't be undone.";
    }
}
