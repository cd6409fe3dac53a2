use askama::Template;

/// What happened, one mark after the other from left to right, in three lanes. What it shows stands in a table on the same page.
#[derive(Debug, Clone, Template)]
#[template(path = "components/timeline.html")]
pub(crate) struct Timeline {
    pub(crate) caption: String,
    /// The picture in a sentence, for those who do not see it.
    pub(crate) said: String,
    /// What the marks mean.
    pub(crate) legend: String,
    /// The names of the lanes, from above.
    pub(crate) lanes: [String; 3],
    pub(crate) marks: Vec<Mark>,
    /// Which mark is looked at, from 0; None: none.
    pub(crate) chosen: Option<usize>,
}

/// One thing that happened.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// In which lane, from 0.
    pub(crate) lane: usize,
    /// What and when.
    pub(crate) title: String,
    /// The day in Sweden.
    pub(crate) day: String,
    /// Where the idea stood afterwards.
    pub(crate) state: String,
    pub(crate) decision: bool,
}

/// A piece of the picture with its place in pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Band {
    pub(crate) x: usize,
    pub(crate) width: usize,
    pub(crate) text: String,
}

/// A mark with its place in pixels.
#[derive(Debug, Clone)]
pub(crate) struct Dot {
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) class: &'static str,
    pub(crate) title: String,
    pub(crate) decision: bool,
}

/// Room for the lanes' names.
const LEFT: usize = 120;
/// From one mark to the next.
const STEP: usize = 30;
/// About what a letter takes.
const LETTER: usize = 8;

impl Timeline {
    pub(crate) fn left(&self) -> usize {
        LEFT
    }

    pub(crate) fn width(&self) -> usize {
        LEFT + STEP * self.marks.len().max(12) + STEP
    }

    fn x(index: usize) -> usize {
        LEFT + STEP / 2 + STEP * index
    }

    fn y(lane: usize) -> usize {
        58 + 46 * lane.min(2)
    }

    /// The lanes' names with their heights.
    pub(crate) fn lanes(&self) -> Vec<(&str, usize)> {
        let lanes = self.lanes.iter().enumerate();
        lanes.map(|(lane, name)| (name.as_str(), Self::y(lane))).collect()
    }

    /// Runs of marks after which something was the same. A text that does not fit is left out.
    fn runs(&self, of: impl Fn(&Mark) -> &str) -> Vec<Band> {
        let mut runs: Vec<Band> = Vec::new();
        let mut last = None;
        for (index, mark) in self.marks.iter().enumerate() {
            let text = of(mark);
            if last == Some(text) {
                if let Some(run) = runs.last_mut() {
                    run.width += STEP;
                }
                continue;
            }
            last = Some(text);
            runs.push(Band {
                x: Self::x(index) - STEP / 2,
                width: STEP,
                text: text.to_owned(),
            });
        }
        runs
    }

    /// Where the idea stood, along the top.
    pub(crate) fn bands(&self) -> Vec<Band> {
        let mut bands = self.runs(|mark| &mark.state);
        for band in &mut bands {
            if band.text.chars().count() * LETTER + 10 > band.width {
                band.text.clear();
            }
        }
        bands
    }

    /// Where a new day begins; a date that would cover the one before is left out.
    pub(crate) fn days(&self) -> Vec<Band> {
        let mut days = self.runs(|mark| &mark.day);
        let mut free = 0;
        for day in &mut days {
            if day.x < free {
                day.text.clear();
            } else {
                free = day.x + day.text.chars().count() * LETTER + 10;
            }
        }
        days
    }

    /// Where the moment that is looked at is.
    pub(crate) fn now(&self) -> Option<usize> {
        self.chosen.map(Self::x)
    }

    pub(crate) fn dots(&self) -> Vec<Dot> {
        let class = |index| match self.chosen {
            Some(chosen) if index > chosen => "later",
            Some(chosen) if index == chosen => "chosen",
            _ => "happened",
        };
        let marks = self.marks.iter().enumerate();
        let dot = |(index, mark): (usize, &Mark)| Dot {
            x: Self::x(index),
            y: Self::y(mark.lane),
            class: class(index),
            title: mark.title.clone(),
            decision: mark.decision,
        };
        marks.map(dot).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline(states: &[(&str, &str)], chosen: usize) -> Timeline {
        let mark = |(day, state): &(&str, &str)| Mark {
            lane: 0,
            title: String::new(),
            day: (*day).to_owned(),
            state: (*state).to_owned(),
            decision: false,
        };
        Timeline {
            caption: String::new(),
            said: String::new(),
            legend: String::new(),
            lanes: Default::default(),
            marks: states.iter().map(mark).collect(),
            chosen: Some(chosen),
        }
    }

    #[test]
    fn marks_of_one_state_share_a_band_and_a_name_that_does_not_fit_is_left_out() {
        let drawn = timeline(
            &[
                ("d", "Inlämnad"),
                ("d", "Inlämnad"),
                ("d", "Inlämnad"),
                ("d", "Antagen"),
            ],
            0,
        );
        let bands = drawn.bands();
        assert_eq!(
            bands.iter().map(|band| band.text.as_str()).collect::<Vec<_>>(),
            ["Inlämnad", ""]
        );
        assert_eq!((bands[0].width, bands[1].x - bands[0].x), (3 * STEP, 3 * STEP));
    }

    #[test]
    fn dates_never_cover_each_other() {
        let drawn = timeline(
            &[
                ("2026-11-01", ""),
                ("2026-11-02", ""),
                ("2026-11-03", ""),
                ("2026-11-04", ""),
            ],
            0,
        );
        let texts: Vec<_> = drawn.days().into_iter().map(|day| day.text).collect();
        assert_eq!(texts, ["2026-11-01", "", "", "2026-11-04"]);
    }

    #[test]
    fn what_lies_after_the_chosen_moment_looks_different() {
        let drawn = timeline(&[("d", ""); 3], 1);
        let classes: Vec<_> = drawn.dots().into_iter().map(|dot| dot.class).collect();
        assert_eq!(classes, ["happened", "chosen", "later"]);
    }
}
