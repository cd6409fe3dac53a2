// The forms of a page, and how somebody would fill them in.
const isSeen = (field) => field.name && field.type !== "hidden" && field.tagName !== "BUTTON";
const isTicked = (field) => field.type === "radio" || field.type === "checkbox";
const isText = (field) => field.tagName === "TEXTAREA" || (field.type === "text" && field.inputMode !== "numeric");
const names = (form, which) => [...new Set([...form.elements].filter(isSeen).filter(which).map((field) => field.name))];
const action = (form) => form.getAttribute("action");
const forms = () => [...document.forms].filter((form) => form.method === "post" && !["/lamna", "/valj", "/roll"].includes(action(form)));

// Of one kind are forms that ask for the same, whatever thing it is of.
const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const kind = (form) => [action(form).replace(ID, ":id"), ...names(form, () => true)].join(" ");

// Texts that have a form of their own, by the names of their fields; all others are words.
const WORDS = "Rättare kan det inte skrivas";
const FORMED = [
  [/^(basis|secrecy)$/, "OSL 21 kap. 7 §"],
  [/^paragraph$/, "§ 12"],
  [/^number$/, "KS 2026/0123"],
  [/^clauses.*number$/, "4.2"],
  [/^codes.*code$/, "hemtjanst"],
  [/prefix$/, "UDD"],
  [/^colour$/, "#07404b"],
  [/^measurement\.value$/, "12,5"],
  [/^measurement\.unit$/, "minuter"],
  [/^(similar|by)$/, "01900000-0000-7000-8000-000000000000"],
];
const text = (name) => (FORMED.find(([form]) => form.test(name)) ?? [null, WORDS])[1];

// What takes the place of a number, a day or a choice that nothing is wrong with.
const DAY = "2999-01-01";
const options = (field) => [...field.options].map((option) => option.value).filter((value) => value);

// What somebody would write or choose in each field, by its name. A yes comes before a no: it asks for more.
function filled(form) {
  const values = {};
  for (const field of [...form.elements].filter(isSeen)) {
    const { name } = field;
    if (isTicked(field)) {
      if (!(name in values) || field.value === "ja") values[name] = [field.value];
    } else if (field.tagName === "SELECT") values[name] = options(field).slice(0, 1);
    else if (field.type === "date") values[name] = [DAY];
    else if (field.type !== "file") values[name] = [isText(field) ? text(name) : "1"];
  }
  return values;
}

// Writes and chooses it in the form itself; what `values` does not hold is left empty.
function fill(form, values) {
  for (const field of [...form.elements].filter(isSeen)) {
    const own = values[field.name] ?? [];
    if (isTicked(field)) field.checked = own.includes(field.value);
    else if (field.type !== "file") field.value = own[0] ?? "";
  }
}

// Whether that is what stands there.
const isFilled = (form, values) =>
  [...form.elements].filter(isSeen).every((field) => {
    const own = values[field.name] ?? [];
    return field.type === "file" || (isTicked(field) ? field.checked === own.includes(field.value) : field.value === (own[0] ?? ""));
  });

// Sends it without the questions that a browser asks first.
function send(form) {
  form.noValidate = true;
  form.querySelector("button:not([formaction])").click();
}
