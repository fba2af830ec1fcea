/* Before anything is drawn: style sheets may know that script runs. */
document.documentElement.classList.add("js");
