use crate::evaluation::delegation_order::NoMandate;

rejections! {
    /// Why something can't be done with an evaluation.
    EvaluationRejection {
        /// Nothing has been opened under this id.
        Unknown => NotFound, "NO_SUCH_EVALUATION";
        /// Nothing has been received of the idea.
        UnknownIdea => NotFound, "NOT_KNOWN_HERE";
        /// Another idea, gate or round stands under this id.
        OtherEvaluation => Precondition, "OTHER_EVALUATION";
        /// The id does not follow from idea and round.
        WrongId => Invalid, "WRONG_EVALUATION_ID";
        /// The actor's role does not allow it.
        WrongRole => Forbidden, "WRONG_ROLE";
        /// The actor belongs to another organisation.
        WrongOrganisation => Forbidden, "WRONG_ORGANISATION";
        /// The evaluation is closed.
        Closed => Precondition, "EVALUATION_CLOSED";
        /// A need owner has confirmed already.
        NeedOwned => Precondition, "NEED_OWNED";
        /// There are no usable criteria.
        NoCriteria => Invalid, "NO_CRITERIA";
        /// A brief without texts.
        NoBrief => Precondition, "NO_BRIEF";
        /// Too much to do.
        LoadCapReached => Precondition, "LOAD_CAP_REACHED";
        /// Nobody was named.
        NobodyNamed => Invalid, "NOBODY_NAMED";
        /// The person is not assigned, or was taken off.
        NotAssigned => Precondition, "NOT_ASSIGNED";
        /// The person stepped aside before.
        SteppedAside => Precondition, "STEPPED_ASIDE";
        /// Submitter or co-author.
        OwnIdea => Forbidden, "OWN_IDEA";
        /// A conflict of interest was declared.
        ConflictOfInterest => Forbidden, "CONFLICT_OF_INTEREST";
        /// No declaration yet.
        NotDeclared => Precondition, "NOT_DECLARED";
        /// A declaration can't be taken back.
        DeclaredConflict => Precondition, "DECLARED_CONFLICT";
        /// Scores do not fit the criteria.
        ScoresDontFit => Invalid, "SCORES_DONT_FIT";
        /// Assessed already.
        AlreadyAssessed => Precondition, "ALREADY_ASSESSED";
        /// Nothing to revise.
        NotAssessed => Precondition, "NOT_ASSESSED";
        /// The assessments are shown.
        AlreadyRevealed => Precondition, "ALREADY_REVEALED";
        /// The assessments are not shown.
        NotRevealed => Precondition, "NOT_REVEALED";
        /// Some are missing.
        AssessmentsMissing => Precondition, "ASSESSMENTS_MISSING";
        /// Too few.
        TooFewAssessments => Precondition, "TOO_FEW_ASSESSMENTS";
        /// Too few are left without those of new co-authors.
        FallsShort => Precondition, "ASSESSMENTS_FALL_SHORT";
        /// What was sealed is not what was committed to.
        CommitmentBroken => Precondition, "COMMITMENT_BROKEN";
        /// The panel is not made of this evaluation's assessors.
        NotOnPanel => Precondition, "NOT_ON_PANEL";
        /// Recommended already.
        AlreadyRecommended => Precondition, "ALREADY_RECOMMENDED";
        /// Decided already.
        AlreadyDecided => Precondition, "ALREADY_DECIDED";
        /// Nothing is decided.
        NotDecided => Precondition, "NOT_DECIDED";
        /// The decider assessed at this gate.
        AssessedThisGate => Forbidden, "ASSESSED_THIS_GATE";
        /// A need owner is missing.
        NoNeedOwner => Precondition, "NO_NEED_OWNER";
        /// Home without advance.
        HomeNeedsAdvance => Invalid, "HOME_NEEDS_ADVANCE";
        /// The page is old.
        SomethingNew => Precondition, "SOMETHING_NEW";
        /// A page that has not been drawn.
        SeenAhead => Invalid, "SEEN_AHEAD";
        /// A date lies in the future.
        DateAhead => Invalid, "DATE_AHEAD";
        /// The board met before there was anything to decide.
        MeetingTooEarly => Invalid, "MEETING_TOO_EARLY";
        /// The end lies before the beginning.
        DatesReversed => Invalid, "DATES_REVERSED";
        /// No order.
        NoDelegationOrder => Precondition, "NO_DELEGATION_ORDER";
        /// No clause.
        NoMandate => Forbidden, "NO_MANDATE";
        /// Another gate.
        NoMandateGate => Forbidden, "NO_MANDATE_GATE";
        /// Too much money.
        NoMandateAmount => Forbidden, "NO_MANDATE_AMOUNT";
        /// A mandate of another matter.
        WrongMandate => Invalid, "WRONG_MANDATE";
        /// A board reports to nobody.
        BoardDecided => Precondition, "BOARD_DECIDED";
        /// Not advanced.
        NotAdvanced => Precondition, "NOT_ADVANCED";
        /// Nothing set aside.
        NothingCommitted => Invalid, "NOTHING_COMMITTED";
        /// As many as a page takes.
        Full => Precondition, "EVALUATION_FULL";
        /// A pilot runs.
        PilotRunning => Precondition, "PILOT_RUNNING";
        /// No pilot runs.
        NoPilot => Precondition, "NO_PILOT";
        /// No pilot at this gate.
        NoPilotHere => Precondition, "NO_PILOT_HERE";
        /// Earlier records of an idea that began here.
        NotTakenOver => Precondition, "NOT_TAKEN_OVER";
        /// An earlier record differs from what stands.
        EarlierDiffers => Precondition, "EARLIER_DIFFERS";
        /// An earlier record is malformed.
        EarlierInvalid => Invalid, "EARLIER_INVALID";
    }
}

impl From<NoMandate> for EvaluationRejection {
    fn from(none: NoMandate) -> Self {
        match none {
            NoMandate::NoOrder => Self::NoDelegationOrder,
            NoMandate::NotHeld => Self::NoMandate,
            NoMandate::Gate => Self::NoMandateGate,
            NoMandate::Amount => Self::NoMandateAmount,
        }
    }
}
