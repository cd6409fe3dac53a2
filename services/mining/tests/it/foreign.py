"""Reads the exports of a folder with pm4py and r4pm and writes what it found there as one line of JSON."""

import json
import pathlib
import sys
import warnings

import pandas

warnings.filterwarnings("ignore")
sys._pm4py_welcome_shown = True
import pm4py  # noqa: E402
import r4pm  # noqa: E402
from pm4py.objects.ocel.importer.jsonocel.variants import ocel20_standard  # noqa: E402
from pm4py.objects.ocel.validation import ocel20_rel_validation  # noqa: E402
from r4pm import bindings  # noqa: E402

folder = pathlib.Path(sys.argv[1])
xes, ocel, sqlite, csv = (str(folder / f"export.{name}") for name in ("xes", "jsonocel", "sqlite", "csv"))


def of_pm4py(log):
    changes = log.object_changes
    return {
        "events": len(log.events),
        "objects": len(log.objects),
        "activities": log.events[log.event_activity].value_counts().sort_index().to_dict(),
        "types": log.objects[log.object_type_column].value_counts().sort_index().to_dict(),
        # Its reader of JSON keeps one of several ways in which an event is about one object.
        "relations": len(log.relations[[log.event_id_column, log.object_id_column]].drop_duplicates()),
        "links": len(log.o2o),
        "states": int((changes[log.changed_field] == "state").sum()),
        "first": log.events[log.event_timestamp].min().isoformat(),
        "last": log.events[log.event_timestamp].max().isoformat(),
    }


def of_r4pm(path):
    log = r4pm.import_item("SlimLinkedOCEL", path)
    return {
        "events": bindings.num_events(log),
        "objects": bindings.num_objects(log),
        "pairs": sorted(bindings.locel_event_object_type_counts(log)),
    }


def of_table(table, case):
    return {"events": len(table), "cases": int(table[case].nunique())}


# pm4py's own readers by name: left to itself it would take r4pm's for XES and JSON.
satisfied, unsatisfied = ocel20_rel_validation.apply(sqlite)
log = pm4py.convert_to_dataframe(pm4py.read_xes(xes, variant="iterparse", show_progress_bar=False))
# r4pm reads a log into activities by case.
projection = r4pm.import_item("EventLogActivityProjection", xes)
variants = bindings.get_variants(projection)

table = pandas.read_csv(csv)
table["time"] = pandas.to_datetime(table["time"], format="ISO8601")
formatted = pm4py.format_dataframe(table, case_id="case", activity_key="activity", timestamp_key="time")
events = pm4py.convert_to_event_log(formatted)

found = {
    "validation": {"satisfied": len(satisfied), "unsatisfied": sorted(unsatisfied)},
    "pm4py": {
        "json": of_pm4py(ocel20_standard.apply(ocel)),
        "sqlite": of_pm4py(pm4py.read_ocel2_sqlite(sqlite)),
        "xes": of_table(log, "case:concept:name"),
    },
    "r4pm": {
        "json": of_r4pm(ocel),
        "sqlite": of_r4pm(sqlite),
        "xes": {
            "events": sum(len(variant["activities"]) * variant["count"] for variant in variants),
            "cases": bindings.get_num_cases(projection),
        },
    },
    "csv": {
        "events": sum(len(trace) for trace in events),
        "cases": len(events),
        "first": table["time"].min().isoformat(),
        "last": table["time"].max().isoformat(),
    },
}
print(json.dumps(found))
