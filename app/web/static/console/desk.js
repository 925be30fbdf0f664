// Marks every discrepancy of the page at once; without this script each is marked by hand.
const all = document.getElementById("mark-all");
if (all) {
  const marks = [...document.querySelectorAll("#settle .mark")];
  all.hidden = marks.length < 2;
  all.addEventListener("click", () => {
    const every = marks.every((mark) => mark.checked);
    for (const mark of marks) mark.checked = !every;
    all.textContent = every ? "Mark all on this page" : "Mark none";
  });
}
