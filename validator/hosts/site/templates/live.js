// In a served page: ask now and then whether it is old, and offer the new one. Everything else works without a script.
"use strict";
const own = document.currentScript;
const place = document.getElementById("old");

function say(text, offer) {
  if (place.dataset.said === text) return;
  place.dataset.said = text;
  place.textContent = text;
  if (offer) {
    const link = document.createElement("a");
    link.href = location.pathname;
    link.textContent = "Show the new one";
    place.append(" ", link);
  }
}

async function ask() {
  try {
    const answer = await fetch(new URL("live.json", own.src), { cache: "no-store" });
    const now = await answer.json();
    const old = now.stamp !== own.dataset.stamp;
    say(old ? "This page is old: main or a proposal has moved." : now.trouble, old);
  } catch {
    say("The server does not answer: this page may be old.", false);
  }
}

ask();
setInterval(ask, 3000);
