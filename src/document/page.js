/*
 * What the HTML page does: tables that sort and filter, values of charts under the pointer and the keyboard, the choice
 * between light and dark. The page is whole without it, so every control is made here.
 */
(() => {
	"use strict";

	const ROWS_WORTH_A_FILTER = 4;
	const NEAR_PX = 24; /* how far a pointer may be from a value that it shows */
	const UNKNOWN = /^(|-|\u2013|n\/a)$/;
	const THEME = "llmbench-theme";
	const collator = new Intl.Collator("en", { numeric: true });
	const root = document.documentElement;

	function make(name, attributes, text) {
		const element = document.createElement(name);
		for (const [key, value] of Object.entries(attributes))
			element.setAttribute(key, value);
		if (text !== undefined)
			element.textContent = text;
		return element;
	}

	/* Light and dark: the browser's setting until the reader chooses. Not every page may remember the choice. */

	const dark = matchMedia("(prefers-color-scheme: dark)");
	const system = () => (dark.matches ? "dark" : "light");
	const theme = () => root.dataset.theme || system();

	function recall() {
		try {
			return localStorage.getItem(THEME);
		} catch (error) {
			return null;
		}
	}

	function remember(choice) {
		try {
			if (choice === null)
				localStorage.removeItem(THEME);
			else
				localStorage.setItem(THEME, choice);
		} catch (error) {
			return;
		}
	}

	function choose(choice) {
		if (choice === "light" || choice === "dark")
			root.dataset.theme = choice;
		else
			delete root.dataset.theme;
	}

	choose(recall()); /* before anything is drawn */

	function addThemeButton() {
		const button = make("button", { type: "button", class: "theme" });
		const other = () => (theme() === "dark" ? "light" : "dark");
		const show = () => {
			button.textContent = other() === "dark" ? "Dark" : "Light";
			button.setAttribute("aria-label", `Show in ${other()} colours`);
		};
		button.addEventListener("click", () => {
			const choice = other() === system() ? null : other();
			choose(choice);
			remember(choice);
			show();
		});
		dark.addEventListener("change", show);
		show();
		document.querySelector(".bar").append(button);
	}

	/* What happens to a table is told to those who do not see it. */

	const status = make("p", { class: "unseen", role: "status" });

	/* Tables: rows are sorted by what cells are worth, else by their text; what is unknown comes last both ways. */

	function keysOf(rows, column) {
		const cells = rows.map((row) => row.cells[column]);
		if (cells.some((cell) => cell.dataset.value !== undefined))
			return cells.map((cell) => (cell.dataset.value === undefined ? null : Number(cell.dataset.value)));
		return cells.map((cell) => (UNKNOWN.test(cell.textContent.trim()) ? null : cell.textContent));
	}

	function compareKeys(a, b) {
		return typeof a === "number" ? a - b : collator.compare(a, b);
	}

	function sorted(rows, column, direction) {
		const sign = { none: 0, ascending: 1, descending: -1 }[direction];
		const keys = keysOf(rows, column);
		const order = rows.map((row, index) => index);
		order.sort((a, b) => {
			if (sign === 0)
				return a - b;
			if (keys[a] === null || keys[b] === null)
				return (keys[a] === null) - (keys[b] === null) || a - b;
			return sign * compareKeys(keys[a], keys[b]) || a - b;
		});
		return order.map((index) => rows[index]);
	}

	/* Once, again for the other way, and once more for the order of the report. */
	function sortBy(table, rows, head) {
		const next = { none: "ascending", ascending: "descending", descending: "none" };
		const direction = next[head.getAttribute("aria-sort")];
		for (const other of head.parentNode.cells)
			other.setAttribute("aria-sort", other === head ? direction : "none");
		table.tBodies[0].append(...sorted(rows, head.cellIndex, direction));
		status.textContent = direction === "none" ? "In the order of the report" :
			`Sorted by ${head.textContent}, ${direction}`;
	}

	function addSorting(table, rows) {
		for (const head of table.tHead.rows[0].cells) {
			const button = make("button", { type: "button" });
			button.append(...head.childNodes);
			head.append(button);
			head.setAttribute("aria-sort", "none");
			button.addEventListener("click", () => sortBy(table, rows, head));
		}
	}

	/* A row is shown when each word of the filter is somewhere in it. */
	function filterRows(rows, words) {
		let shown = 0;
		for (const row of rows) {
			const text = Array.from(row.cells, (cell) => cell.textContent).join("\n").toLowerCase();
			row.hidden = !words.every((word) => text.includes(word));
			shown += !row.hidden;
		}
		return shown;
	}

	function addFilter(box, table, rows) {
		const tools = make("div", { class: "tools" });
		const label = `Filter the rows of ${table.caption.textContent}`;
		const input = make("input", { type: "search", placeholder: "Filter rows", autocomplete: "off",
			spellcheck: "false", "aria-label": label });
		const count = make("output", {}, `${rows.length} rows`);
		input.addEventListener("input", () => {
			const words = input.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
			const shown = filterRows(rows, words);
			count.textContent = words.length === 0 ? `${rows.length} rows` : `${shown} of ${rows.length} rows`;
		});
		input.addEventListener("keydown", (event) => {
			if (event.key !== "Escape" || input.value === "")
				return;
			input.value = "";
			input.dispatchEvent(new Event("input"));
			event.preventDefault();
		});
		tools.append(input, count);
		box.before(tools);
	}

	function addTableTools(box) {
		const table = box.querySelector("table");
		const rows = Array.from(table.tBodies[0].rows);
		if (rows.length > 1)
			addSorting(table, rows);
		if (rows.length >= ROWS_WORTH_A_FILTER)
			addFilter(box, table, rows);
	}

	/* Charts: one stop for the keyboard each; arrows go from value to value. */

	const tip = make("div", { class: "tip", hidden: "", "aria-hidden": "true" });
	let shown = null;

	function middle(point) {
		const box = point.getBoundingClientRect();
		return { x: box.left + box.width / 2, y: box.top + box.height / 2, top: box.top, bottom: box.bottom };
	}

	function hideTip() {
		if (shown !== null)
			shown.classList.remove("shown");
		shown = null;
		tip.hidden = true;
	}

	/* Above the value where there is room, and within the page. */
	function showTip(point) {
		if (shown === point)
			return;
		hideTip();
		shown = point;
		shown.classList.add("shown");
		tip.textContent = point.getAttribute("aria-label");
		tip.hidden = false;
		const at = middle(point);
		const left = Math.min(at.x - tip.offsetWidth / 2, root.clientWidth - tip.offsetWidth - 8);
		const above = at.top - tip.offsetHeight - 8;
		tip.style.left = `${Math.max(left, 8) + scrollX}px`;
		tip.style.top = `${(above < 8 ? at.bottom + 8 : above) + scrollY}px`;
	}

	function nearest(points, x, y) {
		let best = null;
		let distance = NEAR_PX;
		for (const point of points) {
			const at = middle(point);
			const away = Math.hypot(at.x - x, at.y - y);
			if (away <= distance) {
				best = point;
				distance = away;
			}
		}
		return best;
	}

	function moveFocus(points, event) {
		const place = points.indexOf(event.target);
		const goal = { ArrowRight: place + 1, ArrowDown: place + 1, ArrowLeft: place - 1, ArrowUp: place - 1,
			Home: 0, End: points.length - 1 }[event.key];
		if (event.key === "Escape")
			hideTip();
		if (place < 0 || goal === undefined)
			return;
		event.preventDefault();
		if (goal < 0 || goal >= points.length)
			return;
		points[place].setAttribute("tabindex", "-1");
		points[goal].setAttribute("tabindex", "0");
		points[goal].focus();
	}

	/*
	 * The title becomes the label, or the browser would show it a second time. What a finger has touched stays until it
	 * touches something else.
	 */
	function addChartTools(svg) {
		const points = Array.from(svg.querySelectorAll(".point"));
		points.forEach((point, index) => {
			const title = point.querySelector("title");
			point.setAttribute("aria-label", title ? title.textContent : "");
			point.setAttribute("role", "img");
			point.setAttribute("tabindex", index === 0 ? "0" : "-1");
			if (title)
				title.remove();
		});
		const follow = (event) => {
			const under = event.target.closest(".point");
			const point = under || nearest(points, event.clientX, event.clientY);
			if (point === null)
				hideTip();
			else
				showTip(point);
		};
		svg.addEventListener("pointermove", follow);
		svg.addEventListener("pointerdown", follow);
		svg.addEventListener("pointerleave", (event) => event.pointerType === "touch" || hideTip());
		svg.addEventListener("pointercancel", hideTip); /* a finger that scrolls */
		svg.addEventListener("focusin", (event) => event.target.closest(".point") && showTip(event.target));
		svg.addEventListener("focusout", hideTip);
		svg.addEventListener("keydown", (event) => moveFocus(points, event));
	}

	/* Contents: open where they stand beside the report; the section that is being read is marked. */

	function markSection(links) {
		const reading = links.filter((link) => {
			const heading = document.getElementById(link.hash.slice(1));
			return heading.getBoundingClientRect().top < innerHeight / 3;
		}).pop();
		for (const link of links) {
			if (link === reading)
				link.setAttribute("aria-current", "true");
			else
				link.removeAttribute("aria-current");
		}
	}

	function addContentsTools(contents) {
		const beside = matchMedia("(min-width: 70rem)");
		const details = contents.querySelector("details");
		const links = Array.from(contents.querySelectorAll("a"));
		const fit = () => { details.open = beside.matches; };
		let waiting = false;
		fit();
		beside.addEventListener("change", fit);
		markSection(links);
		addEventListener("scroll", () => {
			if (waiting)
				return;
			waiting = true;
			requestAnimationFrame(() => {
				waiting = false;
				markSection(links);
			});
		}, { passive: true });
	}

	document.addEventListener("DOMContentLoaded", () => {
		addThemeButton();
		document.body.append(status, tip);
		document.querySelectorAll(".contents").forEach(addContentsTools);
		document.querySelectorAll(".table").forEach(addTableTools);
		document.querySelectorAll("figure svg").forEach(addChartTools);
		document.addEventListener("pointerdown", (event) => event.target.closest("figure svg") || hideTip());
	});
})();
