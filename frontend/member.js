// Member pages work without this. It hides questions whose condition does not hold until it does.
import "./style/member.css";

for (const form of document.querySelectorAll("form[data-survey]")) {
  const dependent = [...form.querySelectorAll("[data-on]")];
  const show = () => {
    const hidden = new Set();
    for (const question of dependent) {
      const { on, is } = question.dataset;
      const chosen = [...form.querySelectorAll("input:checked")].some((input) => input.name === on && input.value === is);
      question.hidden = hidden.has(on) || !chosen;
      if (question.hidden) hidden.add(question.id);
    }
  };
  form.addEventListener("change", show);
  for (const hint of form.querySelectorAll(".only")) hint.hidden = true;
  show();
}
