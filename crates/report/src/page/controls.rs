//! What the metric table can be switched to.

use serde::Serialize;

use crate::data::{ReportData, Segment};
use crate::metric::{Columns, Metric};

/// The choices; the scripts make them work.
#[derive(Serialize)]
pub struct Controls {
    protocols: Vec<Choice>,
    /// Groups of segments; the first, without a name, holds everyone.
    segments: Vec<Group>,
    cuts: Vec<Choice>,
    /// Whether there is anything beyond accuracy.
    has_beyond: bool,
}

#[derive(Serialize)]
struct Group {
    name: String,
    choices: Vec<Choice>,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    selected: bool,
}

impl Controls {
    /// The protocols, segments and cut-offs of the measurements; `None` where there are none.
    pub fn new(data: &ReportData) -> Option<Self> {
        let measurements = || data.measurements.iter().filter(|one| one.value.is_finite());
        measurements().next()?;
        let named = data.protocols.iter().map(|one| one.name.as_str());
        let protocols = distinct(named.chain(measurements().map(|one| one.protocol.as_str())));
        let protocols = protocols.into_iter().filter(|name| measurements().any(|one| one.protocol == *name));
        let main = data.main_protocol();
        let mut cuts: Vec<u32> = measurements().filter_map(|one| one.k).collect();
        cuts.sort_unstable();
        cuts.dedup();
        Some(Self {
            protocols: protocols
                .map(|name| Choice {
                    value: name.to_owned(),
                    label: name.replace('_', " "),
                    selected: name == main,
                })
                .collect(),
            segments: segments(data),
            has_beyond: measurements()
                .any(|one| Metric::of(&one.metric, data.k).columns() == Columns::BeyondAccuracy),
            cuts: cuts
                .into_iter()
                .map(|k| Choice { value: k.to_string(), label: k.to_string(), selected: k == data.k })
                .collect(),
        })
    }
}

/// Those that were measured: first the described ones in their order, then the others by name.
fn segments(data: &ReportData) -> Vec<Group> {
    let named = data.segments.iter().map(|one| one.name.as_str());
    let measured = distinct(data.measurements.iter().map(|one| one.segment.as_str()));
    let mut groups = vec![Group { name: String::new(), choices: Vec::new() }];
    for name in distinct([Segment::ALL].into_iter().chain(named).chain(measured.iter().copied())) {
        if !measured.contains(&name) {
            continue;
        }
        let described = data.segments.iter().find(|one| one.name == name);
        let (group, label) = match described {
            Some(one) => (one.group.clone(), one.label.clone()),
            None if name == Segment::ALL => (String::new(), "everyone".to_owned()),
            None => (String::new(), name.replace('_', " ")),
        };
        let choice = Choice { value: name.to_owned(), label, selected: name == Segment::ALL };
        match groups.iter_mut().find(|one| one.name == group) {
            Some(one) => one.choices.push(choice),
            None => groups.push(Group { name: group, choices: vec![choice] }),
        }
    }
    groups
}

fn distinct<'a>(values: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut found = Vec::new();
    for value in values {
        // Measurements come in runs of one name: the last found is the likeliest.
        if found.last() != Some(&value) && !found.contains(&value) {
            found.push(value);
        }
    }
    found
}
