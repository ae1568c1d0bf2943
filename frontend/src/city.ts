// SPDX-FileCopyrightText: DataCity contributors
// SPDX-License-Identifier: EUPL-1.2
// Small helps for a page that works without them: nothing here is needed to read, send or navigate.

type HtmxProgress = CustomEvent<{ loaded: number; total: number; lengthComputable: boolean }>;

/** Move the focus to the box of errors, so that it is read first. */
function focusErrors(): void {
  document.getElementById("errors")?.focus();
}

/** Show how many characters are left under a text area that has a limit. */
function count(area: HTMLTextAreaElement): void {
  const place = document.getElementById(area.dataset.counter ?? "");
  if (!place) return;
  const left = area.maxLength - area.value.length;
  place.textContent = (place.dataset.left ?? "{n}").replace("{n}", left.toLocaleString(document.documentElement.lang));
  place.toggleAttribute("data-over", left <= 0);
}

/** Copy the text beside a button and say so in the button. */
async function copy(button: HTMLButtonElement): Promise<void> {
  const text = button.parentElement?.querySelector("code")?.textContent ?? "";
  const words = button.querySelector("[aria-live]");
  if (!words) return;
  await navigator.clipboard.writeText(text);
  const before = words.textContent;
  words.textContent = button.dataset.copy ?? "";
  setTimeout(() => (words.textContent = before), 3000);
}

/** Get a page, or a part that was swapped in, ready. */
function prepare(): void {
  focusErrors();
  document.querySelectorAll<HTMLTextAreaElement>("textarea[data-counter]").forEach(count);
  if (navigator.clipboard) {
    document.querySelectorAll<HTMLButtonElement>("[data-copy]").forEach((button) => (button.hidden = false));
  }
  document.querySelectorAll<HTMLButtonElement>("[data-print]").forEach((button) => (button.hidden = false));
  document.querySelectorAll<HTMLElement>(".city-no-script").forEach((part) => (part.hidden = "htmx" in window));
}

let changed = false;

document.addEventListener("input", (event) => {
  const input = event.target as HTMLElement;
  if (input instanceof HTMLTextAreaElement && input.dataset.counter) count(input);
  if (input.closest("form[data-leave]")) changed = true;
});

document.addEventListener("submit", () => (changed = false));

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLButtonElement>("[data-copy]");
  if (button) void copy(button);
  if ((event.target as Element).closest("[data-print]")) print();
});

addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});

document.addEventListener("htmx:xhr:progress", (event) => {
  const { loaded, total, lengthComputable } = (event as HtmxProgress).detail;
  const bar = (event.target as Element).querySelector<HTMLProgressElement>("[data-upload]");
  if (!bar || !lengthComputable) return;
  bar.hidden = false;
  bar.value = (100 * loaded) / total;
});

document.addEventListener("htmx:afterSettle", prepare);
prepare();
