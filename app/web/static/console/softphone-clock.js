// Beats in a worker: browsers slow the timers of a page that nobody looks at, and a softphone must go on saying that it is there.
addEventListener("message", (event) => {
  setInterval(() => postMessage("beat"), event.data * 1000);
});
