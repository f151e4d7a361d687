// Where the links of the page lead, as they are written.
() => [...document.querySelectorAll("a[href]")].map((link) => link.getAttribute("href"))
