// A secret that is shown once is copied by one click; where the browser does not let us, it is marked to be copied by hand.
import { announce, tell } from "./console.js";

for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", async () => {
    const secret = document.getElementById(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(secret.textContent);
      tell("Copied.");
      announce("Copied.");
    } catch {
      getSelection().selectAllChildren(secret);
      announce("Marked: copy it by the keyboard.");
    }
  });
}
