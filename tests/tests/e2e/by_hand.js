// Posts the forms of the page by hand, as no browser would: each field empty, too long, wrong, sent twice, and whole forms stale or foreign. Those
// of a kind that was tried already are left out. Tells what was not as it should be.
const [foreign, known, done] = arguments;
// Kinds of forms that were asked about.
const asked = new Set();
const LONG = "a".repeat(30001);
const SECOND = "Det andra gäller inte";
// No choice, number or day; a browser has no place in which to show the first and the last.
const UNKNOWN = "999";
const WORD = "tusen";
const YESTERDAY = "igår";

const isFile = (field) => field.type === "file";
const find = (form, name) => [...form.elements].find((field) => field.name === name);
const of = (names, values) => Object.fromEntries(names.map((name) => [name, values(name)]));
// The first of fields that stand in several rows.
const row = (name) => name.replace(/\[\d+\]/, "[]");
const once = (names) => names.filter((name, place) => names.findIndex((other) => row(other) === row(name)) === place);

// Files: as the field asks for it, too large for it, of no kind that is taken, and what a browser sends where none was chosen.
const PIXEL = Uint8Array.from(atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="), (letter) => letter.charCodeAt(0));
const picture = (...more) => new File([PIXEL, ...more], "bild.png", { type: "image/png" });
const words = (said) => new File([said], "ord.txt", { type: "text/plain" });
const isPicture = (field) => field.accept === ".png";
const fitting = (field) => (isPicture(field) ? picture() : words("Ord"));
const tooLarge = (field) => (isPicture(field) ? picture(new Uint8Array(field.dataset.most)) : words("a".repeat(Number(field.dataset.most) + 1)));
const program = () => new File([Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0)], "program", { type: "application/octet-stream" });
const unchosen = () => new File([], "", { type: "application/octet-stream" });

// All fields as they are sent: what nobody sees as the page has it, and before a file.
function whole(form) {
  const hidden = [...form.elements].filter((field) => field.name && field.type === "hidden");
  const files = names(form, isFile);
  return { ...of(hidden.map((field) => field.name), (name) => [find(form, name).value]), ...filled(form), ...of(files, (name) => [fitting(find(form, name))]) };
}

async function post(form, values, to = action(form)) {
  const data = form.enctype === "multipart/form-data" ? new FormData() : new URLSearchParams();
  for (const [name, all] of Object.entries(values)) for (const value of all) data.append(name, value);
  const answer = await fetch(to, { method: "POST", body: data, redirect: "manual" });
  return { status: answer.status, page: new DOMParser().parseFromString(await answer.text(), "text/html") };
}

const fields = (page, form, name) => [...page.querySelectorAll(`form[action="${action(form)}"] [name="${CSS.escape(name)}"]`)];
const isMarked = (page, form, name) => fields(page, form, name).some((field) => field.closest('[aria-invalid="true"]'));

// What does not stand in the form as it was sent, where one field was sent several times as it was sent first.
function lost(page, form, sent) {
  const shown = (name) => fields(page, form, name).filter((field) => !isTicked(field) || field.checked).map((field) => field.value);
  const written = (values) => values.filter((value) => value !== "").join("\n");
  const isKept = (name) => name === "csrf" || [UNKNOWN, YESTERDAY].includes(sent[name][0]) || sent[name][0] instanceof File;
  return Object.keys(sent).filter((name) => !isKept(name) && written(shown(name)) !== written(sent[name].slice(0, 1)));
}

// The fields that the summary on top leads to, by their names; what leads nowhere as it stands there.
function named(page) {
  const field = (item) => page.getElementById(item.querySelector("a")?.getAttribute("href").slice(1));
  return [...page.querySelectorAll("#fel li")].map((item) => field(item)?.name ?? item.textContent);
}

async function tried(form) {
  const found = [];
  const texts = names(form, isText);
  const numbers = names(form, (field) => field.inputMode === "numeric");
  const dates = names(form, (field) => field.type === "date");
  const choices = names(form, (field) => field.tagName === "SELECT" || field.type === "radio");
  const files = names(form, isFile);
  const required = names(form, (field) => field.required);
  const fine = whole(form);
  const isSaid = (page) => /^(Fel|Error): /.test(page.title) && page.querySelector("[role=alert]");

  // Refused, with a word at each of `wrong` and on top, and on nothing else where `alone`; what was written stands in the form again.
  async function isRefused(what, change, wrong, alone) {
    const note = (said) => found.push(`${action(form)} ${what}: ${said}`);
    const sent = { ...fine, ...change };
    const { status, page } = await post(form, sent);
    if (status < 400 || status >= 500) note(`answered with ${status}`);
    if (!isSaid(page)) note(`nothing is said, under the title ${page.title}`);
    const said = named(page);
    for (const name of wrong) if (!said.includes(name) || !isMarked(page, form, name)) note(`nothing is said of ${name}`);
    if (alone && said.length !== wrong.length) note(`said of ${said.join(", ")}`);
    for (const name of lost(page, form, sent)) note(`${name} is lost`);
  }

  // Not looked at, for it is not known to be this session's. What was written comes back, but for a form with a file: that is chosen anew anyway.
  async function isTurnedAway(what, change) {
    const note = (said) => found.push(`${action(form)} ${what}: ${said}`);
    const { status, page } = await post(form, { ...fine, ...change });
    if (status !== 403) note(`answered with ${status}`);
    if (!isSaid(page)) note(`nothing is said, under the title ${page.title}`);
    const isLost = texts.some((name) => fine[name][0] === WORDS) && !page.body.textContent.includes(WORDS);
    if (isLost && !files.length) note("what was written is lost");
  }

  // Shown as it was filled in, or asked about, and not carried out. Tells what stands there.
  async function isShown(what, change, to) {
    const note = (said) => found.push(`${action(form)} ${what}: ${said}`);
    const sent = { ...fine, ...change };
    const { status, page } = await post(form, sent, to);
    if (status !== 200) note(`answered with ${status}`);
    const question = page.querySelector("form.confirm");
    const isKept = (name) => find(question, name)?.value === fine[name][0];
    const { saker, fraga, ...written } = sent;
    const gone = question ? Object.keys(fine).filter((name) => !isKept(name)) : lost(page, form, written);
    for (const name of gone) note(`${name} is lost`);
    if (question) asked.add(kind(form));
    return page.querySelector("main")?.textContent.replace(/\s+/g, " ");
  }

  const nothing = (name) => (files.includes(name) ? unchosen() : "");
  const bad = { ...of(numbers, () => WORD), ...of(dates, () => YESTERDAY), ...of(choices, () => UNKNOWN) };
  if (required.length) await isRefused("empty", of(names(form, () => true), (name) => [nothing(name)]), required);
  if (texts.length) await isRefused("too long", of(texts, () => [LONG]), texts);
  if (Object.keys(bad).length) await isRefused("wrong", of(Object.keys(bad), (name) => [bad[name]]), Object.keys(bad));
  // With all else as it should be.
  for (const name of once(required)) await isRefused(`empty ${name}`, { [name]: [nothing(name)] }, [name], true);
  for (const name of once(texts)) await isRefused(`too long ${name}`, { [name]: [LONG] }, [name], true);
  for (const name of once(Object.keys(bad))) await isRefused(`wrong ${name}`, { [name]: [bad[name]] }, [name], true);
  for (const name of files) {
    const field = find(form, name);
    await isRefused(`${name} of another kind`, { [name]: [program()] }, [name], true);
    await isRefused(`${name} too large`, { [name]: [tooLarge(field)] }, [name], true);
    await isRefused(`${name} of another kind, and one as it should be`, { [name]: [program(), fitting(field)] }, [name], true);
  }
  // Sent twice: what stands first counts, be there nothing.
  if (required.length) await isRefused("first empty", of(required, (name) => [nothing(name), ...fine[name]]), required);
  if (texts.length) await isRefused("first too long", of(texts, (name) => [LONG, ...fine[name]]), texts);
  if (Object.keys(bad).length) await isRefused("first wrong", of(Object.keys(bad), (name) => [bad[name], ...fine[name]]), Object.keys(bad));

  const { csrf, command } = fine;
  await isTurnedAway("stale", { csrf: ["x".repeat(64)] });
  await isTurnedAway("foreign", { csrf: [foreign] });
  await isTurnedAway("first foreign", { csrf: [foreign, ...csrf] });
  await isTurnedAway("without a command", { command: ["", ...command] });

  // A file that is there is taken, whatever else is asked for.
  if (files.some((name) => required.includes(name))) return found;
  const other = (name) => {
    const field = find(form, name);
    if (field.tagName === "SELECT") return options(field)[1] ?? UNKNOWN;
    if (field.type === "radio") return [...form.elements].findLast((other) => other.name === name).value;
    return { date: "2998-01-01", checkbox: "nej" }[field.type] ?? SECOND;
  };
  const isOne = (name) => !["csrf", "command", ...files].includes(name) && !(find(form, name).type === "checkbox" && fine[name][0] !== "ja");
  const twice = of(Object.keys(fine).filter(isOne), (name) => [...fine[name], other(name)]);
  const english = `${action(form)}?sprak=en`;
  await isShown("twice in English", twice, english);
  const said = await isShown("asked about in English", { fraga: ["ja"] }, english);
  if (said !== (await isShown("asked about twice in English", { ...twice, fraga: ["ja"] }, english))) found.push(`${action(form)}: what was sent second is shown`);
  await isShown("taken back", { ...twice, saker: ["nej", "ja"] });
  return found;
}

(async () => {
  const [found, kinds] = [[], []];
  for (const form of forms()) {
    if (known.includes(kind(form)) || kinds.includes(kind(form))) continue;
    kinds.push(kind(form));
    found.push(...(await tried(form)));
  }
  return { found, kinds, asked: asked.size };
})().then(done, (error) => done({ found: [`${error}\n${error.stack}`], kinds: [], asked: 0 }));
