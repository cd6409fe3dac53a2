// How a page comes out on paper. Tells what can be pressed or filled in there, what is too faint on white, and what is wider than the paper.
const found = new Set();
const isSeen = (element) => element.checkVisibility() && element.getBoundingClientRect().width > 1;
const called = (element) => `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""}`;

for (const element of document.querySelectorAll("button, input, select, textarea, summary, nav, form, [popover]"))
  if (isSeen(element)) found.add(`${called(element)} is printed`);

const WHITE = [255, 255, 255];
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const around = texts.currentNode.parentElement;
  if (!texts.currentNode.data.trim() || !isSeen(around)) continue;
  const style = getComputedStyle(around);
  const ink = colour(around instanceof SVGElement ? style.fill : style.color);
  // Most browsers print no grounds.
  const least = Math.min(contrast(ink, WHITE), contrast(ink, behind(around)));
  if (least < 4.5) found.add(`${called(around)} has ${least.toFixed(2)}:1`);
}

const wide = document.documentElement.clientWidth;
for (const element of document.querySelectorAll("main *"))
  if (isSeen(element) && element.getBoundingClientRect().right > wide + 1) found.add(`${called(element)} ends at ${Math.round(element.getBoundingClientRect().right)} of ${wide} px`);
return [...found];
