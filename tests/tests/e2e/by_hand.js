// Posts the forms of the page by hand, as no browser would: each field empty, too long, wrong, stale, foreign. Tells what was not as it should be.
const [foreign, done] = [arguments[0], arguments[arguments.length - 1]];
const LONG = "a".repeat(30001);
const MARK = "Rättare kan det inte skrivas";

const isSeen = (field) => field.name && field.type !== "hidden" && field.tagName !== "BUTTON";
const names = (form, which) => [...new Set([...form.elements].filter(isSeen).filter(which).map((field) => field.name))];
const isText = (field) => field.tagName === "TEXTAREA" || (field.type === "text" && field.inputMode !== "numeric");

async function post(form, change, csrf, to) {
  const data = new URLSearchParams();
  for (const field of form.elements) {
    if (!field.name || field.tagName === "BUTTON") continue;
    if (field.type === "hidden") data.append(field.name, field.name === "csrf" && csrf ? csrf : field.value);
  }
  for (const [name, value] of Object.entries(change)) if (value !== null) data.append(name, value);
  const answer = await fetch(to ?? form.getAttribute("action"), { method: "POST", body: data, redirect: "manual" });
  const html = await answer.text();
  return { status: answer.status, page: new DOMParser().parseFromString(html, "text/html") };
}

const fields = (page, action, name) => [...page.querySelectorAll(`form[action="${action}"] [name="${CSS.escape(name)}"]`)];
const isMarked = (page, action, name) => fields(page, action, name).some((field) => field.closest('[aria-invalid="true"]') || field.getAttribute("aria-invalid") === "true");
const leads = (page) => [...page.querySelectorAll("#fel a")].every((link) => page.getElementById(link.getAttribute("href").slice(1)));

function refused(found, what, { status, page }) {
  if (status < 400 || status >= 500) found.push(`${what}: answered with ${status}`);
  if (!/^(Fel|Error): /.test(page.title)) found.push(`${what}: the title is ${page.title}`);
  if (!page.querySelector("[role=alert]")) found.push(`${what}: nothing is said`);
  if (!leads(page)) found.push(`${what}: a link leads to no field`);
}

async function tried(form) {
  const found = [];
  const action = form.getAttribute("action");
  const texts = names(form, isText);
  const numbers = names(form, (field) => field.inputMode === "numeric");
  const dates = names(form, (field) => field.type === "date");
  const choices = names(form, (field) => field.tagName === "SELECT" || field.type === "radio");
  const required = names(form, (field) => field.required);
  // As it would be filled in, but for what is tried.
  const fine = {};
  for (const field of [...form.elements].filter(isSeen)) {
    if (field.name in fine) continue;
    if (field.tagName === "SELECT") fine[field.name] = [...field.options].map((option) => option.value).find((value) => value) ?? "";
    else if (field.type === "radio" || field.type === "checkbox") fine[field.name] = field.value;
    else if (field.type === "date") fine[field.name] = "2999-01-01";
    else if (field.inputMode === "numeric") fine[field.name] = "1";
  }
  if (required.length) {
    const written = names(form, (field) => !["radio", "checkbox"].includes(field.type));
    const answer = await post(form, Object.fromEntries(written.map((name) => [name, ""])));
    refused(found, `${action} empty`, answer);
    for (const name of required) if (!isMarked(answer.page, action, name)) found.push(`${action} empty: nothing is said at ${name}`);
  }
  if (texts.length) {
    const answer = await post(form, { ...fine, ...Object.fromEntries(texts.map((name) => [name, LONG])) });
    refused(found, `${action} too long`, answer);
    for (const name of texts) {
      const field = fields(answer.page, action, name)[0];
      if (!field || field.value.length !== LONG.length) found.push(`${action} too long: ${name} is lost`);
      if (!isMarked(answer.page, action, name)) found.push(`${action} too long: nothing is said at ${name}`);
    }
  }
  const wrong = [...numbers.map((name) => [name, "tusen"]), ...dates.map((name) => [name, "igår"]), ...choices.map((name) => [name, "999"])];
  if (wrong.length) {
    const written = Object.fromEntries(texts.map((name) => [name, MARK]));
    const answer = await post(form, { ...written, ...Object.fromEntries(wrong) });
    refused(found, `${action} wrong`, answer);
    for (const name of texts) {
      const field = fields(answer.page, action, name)[0];
      if (!field || field.value !== MARK) found.push(`${action} wrong: ${name} is lost`);
    }
    for (const name of numbers) {
      const field = fields(answer.page, action, name)[0];
      if (!field || field.value !== "tusen") found.push(`${action} wrong: the number ${name} is lost`);
    }
  }
  // Shown in another language, or taken back before it was confirmed: as it was filled in, and nothing is done.
  const typed = Object.fromEntries(texts.map((name) => [name, MARK]));
  for (const [what, to, sure] of [["in English", `${action}?sprak=en`, null], ["taken back", action, "nej"]]) {
    const { status, page } = await post(form, { ...fine, ...typed, saker: sure }, null, to);
    if (status !== 200 && !(what === "taken back" && status < 500)) found.push(`${action} ${what}: answered with ${status}`);
    for (const name of texts) if (fields(page, action, name)[0]?.value !== MARK) found.push(`${action} ${what}: ${name} is lost`);
  }
  for (const [what, csrf] of [["stale", "x".repeat(64)], ["foreign", foreign]]) {
    const answer = await post(form, Object.fromEntries(texts.map((name) => [name, MARK])), csrf);
    refused(found, `${action} ${what}`, answer);
    if (answer.status !== 403) found.push(`${action} ${what}: answered with ${answer.status}`);
    if (texts.length && !answer.page.body.textContent.includes(MARK)) found.push(`${action} ${what}: what was written is lost`);
  }
  return found;
}

(async () => {
  const found = [];
  let tries = 0;
  for (const form of document.forms) {
    if (form.method !== "post" || form.enctype === "multipart/form-data" || ["/lamna", "/valj"].includes(form.getAttribute("action"))) continue;
    found.push(...(await tried(form)));
    tries += 1;
  }
  return { found, tries };
})().then(done, (error) => done({ found: [String(error)], tries: 0 }));
