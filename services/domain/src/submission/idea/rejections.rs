rejections! {
    /// Why something can't be done with an idea.
    IdeaRejection {
        /// Nothing was submitted under this id.
        Unknown => NotFound, "NO_SUCH_IDEA";
        /// The id is taken.
        OtherIdea => Precondition, "OTHER_IDEA";
        /// The actor's role does not allow it.
        WrongRole => Forbidden, "WRONG_ROLE";
        /// The actor belongs to another organisation.
        WrongOrganisation => Forbidden, "WRONG_ORGANISATION";
        /// Somebody else's idea.
        NotYours => Forbidden, "NOT_YOURS";
        /// An author, or who wrote one that goes on as this, leads nothing of it.
        OwnIdea => Forbidden, "OWN_IDEA";
        /// Who has declared a conflict of interest leads nothing of it.
        ConflictOfInterest => Forbidden, "CONFLICT_OF_INTEREST";
        /// A file that was added before has this id.
        OtherAttachment => Precondition, "OTHER_ATTACHMENT";
        /// As many files as an idea takes.
        TooManyAttachments => Precondition, "TOO_MANY_ATTACHMENTS";
        /// Whom nobody has asked.
        NotProposed => Forbidden, "NOT_PROPOSED";
        /// Said no before.
        CoauthorDeclined => Precondition, "COAUTHOR_DECLINED";
        /// An author stays one.
        IsAuthor => Precondition, "IS_AUTHOR";
        /// More than an idea may have.
        TooManyAuthors => Precondition, "TOO_MANY_AUTHORS", max = super::MOST_AUTHORS;
        /// A text is missing.
        TextsMissing => Invalid, "TEXTS_MISSING";
        /// Terms are missing.
        TermsMissing => Invalid, "TERMS_MISSING";
        /// Others are in force by now.
        TermsChanged => Precondition, "TERMS_CHANGED";
        /// The state does not allow it.
        WrongState => Precondition, "WRONG_STATE";
        /// It has ended.
        Ended => Precondition, "IDEA_ENDED";
        /// A receipt with something else was sent.
        ReceiptSent => Precondition, "RECEIPT_SENT";
        /// Taken-over ideas get none.
        NoReceipt => Precondition, "NO_RECEIPT";
        /// Not a date to promise.
        DatePast => Invalid, "DATE_PAST";
        /// A date lies in the future.
        DateAhead => Invalid, "DATE_AHEAD";
        /// Nothing was asked.
        NothingAsked => Precondition, "NOTHING_ASKED";
        /// No brief.
        NoBrief => Precondition, "NO_BRIEF";
        /// The brief is not confirmed.
        NotDeidentified => Invalid, "NOT_DEIDENTIFIED";
        /// The brief is being evaluated.
        BriefInUse => Precondition, "BRIEF_IN_USE";
        /// The submitter has not agreed.
        NoConsent => Precondition, "NO_CONSENT";
        /// None of this organisation's.
        NoSuchOriginal => Invalid, "NO_SUCH_ORIGINAL";
        /// Itself.
        Itself => Invalid, "ITSELF";
        /// The submitter was not told.
        SubmitterNotTold => Precondition, "SUBMITTER_NOT_TOLD";
        /// The receiver is the organisation itself.
        SameOrganisation => Invalid, "SAME_ORGANISATION";
        /// The evaluation is another one.
        OtherEvaluation => Precondition, "NOT_ITS_EVALUATION";
        /// Nobody was asked.
        NotReferred => Precondition, "NOT_REFERRED";
        /// The submitter has not been told yet.
        NotFedBack => Precondition, "NOT_FED_BACK";
        /// Not taken over.
        NotImported => Precondition, "NOT_IMPORTED";
        /// No erasure was asked for.
        NoErasure => Precondition, "NO_ERASURE";
        /// The brief is another organisation's.
        AskOrigin => Precondition, "ASK_THE_ORIGIN";
        /// Erasure is decided.
        ErasureDecided => Precondition, "ERASURE_DECIDED";
        /// One person alone.
        OwnErasure => Forbidden, "OWN_ERASURE";
    }
}
