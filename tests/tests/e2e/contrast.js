// How well colours are told apart, as WCAG 2.2 counts it.
const colour = (text) => (text.match(/[\d.]+/g) || []).map(Number);
const light = ([red, green, blue]) => {
  const linear = [red, green, blue].map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
};
const contrast = (one, other) => {
  const [more, less] = [light(one), light(other)].sort((a, b) => b - a);
  return (more + 0.05) / (less + 0.05);
};
// The ground of what stands in an element.
const behind = (element) => {
  for (let around = element; around; around = around.parentElement) {
    const ground = colour(getComputedStyle(around).backgroundColor);
    if (ground.length === 3 || ground[3] > 0) return ground;
  }
  return [255, 255, 255];
};
