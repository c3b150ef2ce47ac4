/* Questions that check.py asks of a page; every answer can be written as JSON. */
const ask = {
	/* The first table with a filter, and what belongs to it. */
	input: () => document.querySelector(".tools input"),
	box: () => ask.input().parentNode.nextElementSibling,
	head: (title) => Array.from(ask.box().querySelectorAll("thead th")).find((head) => head.textContent === title),

	column(title) {
		const index = ask.head(title).cellIndex;
		return Array.from(ask.box().querySelectorAll("tbody tr"))
			.filter((row) => row.checkVisibility())
			.map((row) => row.cells[index].textContent);
	},

	sorts: () => Array.from(ask.box().querySelectorAll("[aria-sort]"))
		.filter((head) => head.getAttribute("aria-sort") !== "none")
		.map((head) => `${head.textContent} ${head.getAttribute("aria-sort")}`),

	middle(element) {
		element.scrollIntoView({ block: "center", behavior: "instant" });
		const box = element.getBoundingClientRect();
		return [box.left + box.width / 2, box.top + box.height / 2];
	},

	seen: (which) => Array.from(document.querySelectorAll(which)).filter((element) => element.checkVisibility()),
	unseen: (which) => Array.from(document.querySelectorAll(which)).filter((element) => !element.checkVisibility()),

	/* Boxes that do not show all that is in them. */
	cut: () => Array.from(document.querySelectorAll(".table, pre, figure"))
		.filter((element) => element.scrollWidth > element.clientWidth)
		.map((element) => element.textContent.slice(0, 80)),

	/* How far the page is wider than the window: 0 when only boxes within it scroll. */
	overflow: () => document.documentElement.scrollWidth - document.documentElement.clientWidth,

	/* Elements that stick out of the page and are in no box that scrolls. */
	outside: () => Array.from(document.querySelectorAll("main *"))
		.filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1 &&
			!element.closest(".table, pre, caption, figure"))
		.map((element) => element.outerHTML.slice(0, 80)),

	/* [red, green, blue, opacity] of a colour as browsers compute it. */
	colour: (text) => {
		const numbers = text.match(/[\d.]+/g).map(Number);
		return numbers.length === 3 ? [...numbers, 1] : numbers;
	},

	/* WCAG 2.2, relative luminance and contrast ratio. */
	luminance: (colour) => colour.slice(0, 3).map((value) => value / 255)
		.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
		.reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0),

	/* What is behind an element: the part of the chart that its text is written on, or what the page is painted with. */
	ground(element) {
		const mark = element.closest(".point");
		if (element.closest("svg"))
			return ask.colour(getComputedStyle((mark || element.closest("svg")).querySelector("rect")).fill);
		for (let at = element; at !== null; at = at.parentElement) {
			const colour = ask.colour(getComputedStyle(at).backgroundColor);
			if (colour[3] === 1)
				return colour;
		}
		return [255, 255, 255, 1];
	},

	contrast(element) {
		const style = getComputedStyle(element);
		const ink = ask.luminance(ask.colour(element.closest("svg") ? style.fill : style.color));
		const ground = ask.luminance(ask.ground(element));
		return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
	},

	texts: () => Array.from(document.querySelectorAll("body *"))
		.filter((element) => Array.from(element.childNodes)
			.some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "") &&
			element.checkVisibility() && !element.closest("caption, .unseen, title")),

	/* Text of less contrast than people need who see little. */
	pale: () => ask.texts().filter((element) => ask.contrast(element) < 4.5)
		.map((element) => `${ask.contrast(element).toFixed(2)} ${element.outerHTML.slice(0, 80)}`),

	/* What the keyboard can reach and who cannot see the page would not know. */
	nameless: () => Array.from(document.querySelectorAll("button, input, a, [tabindex], table, nav, svg"))
		.filter((element) => element.tagName !== "MAIN" && !element.matches("pre") &&
			(element.getAttribute("aria-label") || element.textContent).trim() === "" &&
			!element.hasAttribute("aria-labelledby"))
		.map((element) => element.outerHTML.slice(0, 80)),

	/* The points of a chart, and the values that the page shows next to one. */
	points: (chart) => Array.from(document.querySelectorAll("figure svg")[chart].querySelectorAll(".point")),
	tip() {
		const tip = document.querySelector(".tip");
		const box = tip.getBoundingClientRect();
		const inside = box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
		return tip.hidden ? "" : inside ? tip.textContent : `out of sight: ${tip.textContent}`;
	},

	levels: () => Array.from(document.querySelectorAll("h1, h2, h3, h4, h5, h6"), (head) => Number(head.tagName[1])),

	unscoped: () => document.querySelectorAll("th:not([scope])").length +
		document.querySelectorAll("table:not(:has(caption))").length,
};
