use crate::lang::Lang;

/// Horizontal bars over a scale.
#[derive(Debug, Clone)]
pub(crate) struct Bars {
    pub(crate) caption: String,
    /// What it comes to, in words, an arrow and a colour; None: nothing is better or worse.
    pub(crate) change: Option<Change>,
    pub(crate) bars: Vec<Bar>,
}

/// One bar: places in tenths of a percent of the scale.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) said: String,
    /// Where the pale span begins and how long it is.
    pub(crate) from: u32,
    pub(crate) length: u32,
    /// Where the mark stands; None: there is none.
    pub(crate) mark: Option<u32>,
    /// Which colour, by name of a class.
    pub(crate) class: &'static str,
}

/// What was scored from 1 to 5, in hundredths of a score: the lowest, the highest, and where the mean stands.
pub(crate) fn scored(label: String, said: String, lowest: u32, highest: u32, mean: u32) -> Bar {
    let place = |hundredths: u32| hundredths.saturating_sub(100) * 1_000 / 400;
    Bar {
        label,
        said,
        from: place(lowest),
        length: place(highest).saturating_sub(place(lowest)).max(8),
        mark: Some(place(mean).min(992)),
        class: "span",
    }
}

/// 467 as 4,67.
pub(crate) fn hundredths(l: Lang, number: u32) -> String {
    l.decimal(&format!("{}.{:02}", number / 100, number % 100))
}

/// That something became better, worse, or neither.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) said: &'static str,
    /// Which way the value went.
    pub(crate) arrow: &'static str,
    /// Which colour, by name of a class.
    pub(crate) class: &'static str,
}

/// How a value changed, and whether that is for the better.
pub(crate) fn change(l: Lang, before: f64, after: f64, more_is_better: bool) -> Change {
    let (arrow, is_more) = match after.partial_cmp(&before) {
        Some(std::cmp::Ordering::Greater) => ("↑", true),
        Some(std::cmp::Ordering::Less) => ("↓", false),
        _ => {
            return Change {
                said: l.t("bars-unchanged"),
                arrow: "→",
                class: "same",
            };
        }
    };
    match is_more == more_is_better {
        true => Change {
            said: l.t("bars-better"),
            arrow,
            class: "better",
        },
        false => Change {
            said: l.t("bars-worse"),
            arrow,
            class: "worse",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_that_rose_is_worse_and_a_wait_that_fell_is_better() {
        let told = |before, after, more_is_better| {
            let change = change(Lang::ENGLISH, before, after, more_is_better);
            (change.arrow, change.class)
        };
        assert_eq!(told(62_000.0, 63_500.0, false), ("↑", "worse"));
        assert_eq!(told(40.0, 20.0, false), ("↓", "better"));
        assert_eq!(told(3.0, 4.0, true), ("↑", "better"));
        assert_eq!(told(3.0, 3.0, true), ("→", "same"));
    }
}
