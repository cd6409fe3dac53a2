// What axe can't see: fields of one name, two marks of where one is, a page that is wider than its window or too heavy, a focus that is not seen,
// words of another language. Tells what was found.
const [foreign] = arguments;
const found = [];

for (const form of document.forms) {
  const named = [...form.elements].filter((field) => field.labels && field.labels.length && !["radio", "checkbox"].includes(field.type));
  const names = named.map((field) => [field.closest("fieldset")?.querySelector("legend")?.textContent, field.labels[0].textContent.trim()].join(" "));
  names.filter((name, index) => names.indexOf(name) !== index).forEach((name) => found.push(`two fields are called ${name} in ${form.action}`));
}
if (document.querySelectorAll("nav:not(.tabs) [aria-current]").length > 1) found.push("one is in two places");
if (document.querySelectorAll("h1").length !== 1) found.push("not one heading");
const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
if (wide > 0) found.push(`${wide} px too wide`);

const loaded = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource").filter((one) => !one.name.includes("/logo/"))];
const weight = loaded.reduce((sum, one) => sum + one.decodedBodySize, 0);
// Three kinds of pages tell all that has happened to an idea, and grow with it.
const most = /\/historik$|^\/revision\/(ideer|beslut)\//.test(location.pathname) ? 80 : 60;
if (weight > most * 1024) found.push(`${weight} bytes`);

// The ring around what has the focus, against what lies behind it: WCAG 2.2, 1.4.11 wants 3 to 1.
const unseen = new Set();
for (const element of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")) {
  if (!element.offsetParent) continue;
  element.focus({ preventScroll: true });
  if (document.activeElement !== element) continue;
  const style = getComputedStyle(element);
  const ring = colour(style.outlineColor);
  const what = `${element.tagName.toLowerCase()}.${element.className}`;
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) unseen.add(`${what} has no ring`);
  else if (!matchMedia("(forced-colors: active)").matches && contrast(ring, behind(element.parentElement)) < 3)
    unseen.add(`the ring of ${what} has ${contrast(ring, behind(element.parentElement)).toFixed(2)}:1`);
}
found.push(...unseen);
document.activeElement?.blur();

// What stands in the page's own language, without what people wrote and what is said in another one on purpose.
const spoken = document.body.cloneNode(true);
spoken.querySelectorAll(`[lang]:not([lang="${document.documentElement.lang}"])`).forEach((other) => other.remove());
const words = spoken.textContent.replace(/\s+/g, " ");
for (const phrase of foreign) if (words.includes(phrase)) found.push(`in another language: ${phrase}`);
return found;
