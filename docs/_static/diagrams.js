// Draw the diagrams in the colours of the page. Nothing is loaded from another host.
const theme = document.body.dataset.theme;
const dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
mermaid.initialize({ startOnLoad: false, securityLevel: "strict", theme: dark ? "dark" : "neutral", fontFamily: "sans-serif" });
mermaid.run();
