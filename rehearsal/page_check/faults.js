// What is wrong with a page as it lies in the window now: a list of sentences. Called with the name of the medium.
(medium) => {
  const width = document.documentElement.clientWidth;
  const found = new Set();
  const shown = (element) => element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true });
  const name = (element) =>
    `<${element.tagName.toLowerCase()}> ${(element.textContent || "").trim().replace(/\s+/g, " ").slice(0, 40)}`;
  // Text for screen readers alone is clipped on purpose.
  const unseen = (element) => element.closest(".hidden, thead") && getComputedStyle(element.closest(".hidden, thead")).clipPath !== "none";
  // On a screen, a box that scrolls by mouse and by keyboard cuts nothing off.
  const scrolls = (element) =>
    medium === "screen" && ["auto", "scroll"].includes(getComputedStyle(element).overflowX) && element.tabIndex >= 0;
  const inScrolling = (element) => {
    for (let above = element.parentElement; above; above = above.parentElement) if (scrolls(above)) return true;
    return false;
  };

  function boxes() {
    if (document.documentElement.scrollWidth > width)
      found.add(`the page is ${document.documentElement.scrollWidth} px wide`);
    for (const element of document.body.querySelectorAll("*")) {
      const box = element.getBoundingClientRect();
      if (!shown(element) || unseen(element) || box.width <= 1 || box.height <= 1) continue;
      if ((box.right > width + 1 || box.left < -1) && !inScrolling(element))
        found.add(`${name(element)} reaches ${Math.round(box.right > width + 1 ? box.right : box.left)} px`);
      const style = getComputedStyle(element);
      if (element.closest("svg")) continue;
      const across = element.scrollWidth - element.clientWidth;
      const down = element.scrollHeight - element.clientHeight;
      if (element.clientWidth && across > 1 && style.overflowX !== "visible" && !scrolls(element))
        found.add(`${name(element)} is cut off by ${across} px`);
      if (element.clientHeight && down > 1 && ["hidden", "clip"].includes(style.overflowY))
        found.add(`${name(element)} is cut off by ${down} px below`);
    }
  }

  function drawings() {
    for (const text of document.querySelectorAll("svg text")) {
      if (!shown(text)) continue;
      const box = text.getBoundingClientRect();
      const rectangle = text.parentElement.querySelector(":scope > rect");
      const frame = (rectangle || text.ownerSVGElement).getBoundingClientRect();
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
        found.add(`${name(text)} sticks out of its box by ${Math.round(Math.max(box.right - frame.right, frame.left - box.left, box.bottom - frame.bottom, frame.top - box.top))} px`);
    }
  }

  // Every text with the rectangles of its lines.
  function texts() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const all = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const element = node.parentElement;
      if (!node.data.trim() || ["STYLE", "SCRIPT", "TITLE"].includes(element.tagName.toUpperCase())) continue;
      if (shown(element) && !unseen(element)) all.push({ node, element });
    }
    return all;
  }

  const range = document.createRange();
  function words(all) {
    for (const { node, element } of all) {
      for (const match of node.data.matchAll(/[\p{L}\p{N}]+/gu)) {
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].length);
        const tops = [...range.getClientRects()].filter((box) => box.width > 0).map((box) => box.top);
        if (tops.length > 1 && Math.max(...tops) - Math.min(...tops) > 3)
          found.add(`the word ${match[0]} is broken in <${element.tagName.toLowerCase()}>`);
      }
    }
  }

  function overlaps(all) {
    const lines = [];
    all.forEach(({ node, element }, index) => {
      if (inScrolling(element)) return;
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) {
        // Letters are lower than the line that they stand in.
        const inset = box.height * 0.25;
        if (box.width > 2) lines.push({ index, node, left: box.left + 1.5, right: box.right - 1.5, top: box.top + inset, bottom: box.bottom - inset });
      }
    });
    lines.sort((one, other) => one.top - other.top);
    lines.forEach((one, position) => {
      for (let next = position + 1; next < lines.length && lines[next].top < one.bottom; next++) {
        const other = lines[next];
        if (other.index !== one.index && other.left < one.right && one.left < other.right)
          found.add(`“${one.node.data.trim().slice(0, 30)}” and “${other.node.data.trim().slice(0, 30)}” overlap`);
      }
    });
  }

  // https://www.w3.org/TR/WCAG21/#contrast-minimum
  function contrast(all) {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const channels = (colour) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const luminance = ([red, green, blue]) =>
      [red, green, blue]
        .map((value) => value / 255)
        .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
        .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0);
    // What lies below everything, in the scheme that the page takes.
    const sheet = document.body.appendChild(document.createElement("div"));
    sheet.style.background = "Canvas";
    const paper = channels(getComputedStyle(sheet).backgroundColor);
    sheet.remove();
    const background = (element) => {
      for (let above = element; above; above = above.parentElement) {
        const drawn = above.matches("svg g") && above.querySelector(":scope > rect, :scope > circle");
        const colour = drawn ? getComputedStyle(drawn).fill : getComputedStyle(above).backgroundColor;
        if (colour !== "none" && channels(colour)[3] === 255) return channels(colour);
      }
      return paper;
    };
    for (const { element } of all) {
      const style = getComputedStyle(element);
      const [one, other] = [channels(element.closest("svg") ? style.fill : style.color), background(element)].map(luminance);
      const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && style.fontWeight >= 700);
      if (ratio < (large ? 3 : 4.5)) found.add(`${name(element)} has a contrast of ${ratio.toFixed(1)}`);
    }
  }

  function anchors() {
    for (const link of document.querySelectorAll('a[href^="#"]'))
      if (!document.getElementById(link.hash.slice(1))) found.add(`${link.hash} leads nowhere`);
    const contents = document.querySelector("nav");
    for (const section of contents ? document.querySelectorAll("section[id]") : [])
      if (!contents.querySelector(`a[href="#${section.id}"]`)) found.add(`the contents do not name #${section.id}`);
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    for (const id of ids) if (ids.filter((other) => other === id).length > 1) found.add(`#${id} is there twice`);
  }

  const all = texts();
  boxes();
  drawings();
  words(all);
  overlaps(all);
  if (medium === "screen") contrast(all);
  anchors();
  return [...found];
}
