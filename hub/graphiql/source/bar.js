// The bar above the editor: who asks (token), for what (duty, case, task, application), and example queries.
import { createElement as h, useState } from "react";
import { EXAMPLES } from "./examples.js";

const PURPOSE = [
  ["Duty", "职责 Duty", "如 R050"],
  ["Case", "案件号 Case", "依案件查询时填写"],
  ["Task", "任务号 Task", "依任务查询时填写"],
  ["Application", "申请号 Application", "依申请查询时填写"],
];

function Entry({ label, hint, value, onValue, type = "text" }) {
  return h(
    "label",
    { className: "entry" },
    h("span", null, label),
    h("input", {
      type,
      value,
      placeholder: hint,
      spellCheck: false,
      autoComplete: "off",
      onChange: (event) => onValue(event.target.value.trim()),
    }),
  );
}

export function Bar({ access, onAccess, onExample }) {
  const [draft, setDraft] = useState(access);
  const set = (name) => (value) => setDraft({ ...draft, [name]: value });
  const submit = (event) => {
    event.preventDefault();
    onAccess(draft);
  };
  return h(
    "form",
    { className: "bar", onSubmit: submit },
    h("h1", null, "共知 ", h("small", null, "GraphiQL")),
    h(Entry, { label: "令牌 Token", hint: "hub token ED@430621 --role officer", type: "password", value: draft.token, onValue: set("token") }),
    PURPOSE.map(([name, label, hint]) =>
      h(Entry, { key: name, label, hint, value: draft[name] ?? "", onValue: set(name) }),
    ),
    h(
      "label",
      { className: "strict", title: "有一项不得查看即整个操作不执行 / Refuse the whole operation if any field is withheld" },
      h("input", {
        type: "checkbox",
        checked: draft.strict,
        onChange: (event) => setDraft({ ...draft, strict: event.target.checked }),
      }),
      h("span", null, "从严 Strict"),
    ),
    h("button", { type: "submit" }, access.token ? "更新 Apply" : "登入 Sign in"),
    h(
      "select",
      {
        "aria-label": "示例 Examples",
        value: "",
        onChange: (event) => onExample(EXAMPLES[Number(event.target.value)].query),
      },
      h("option", { value: "", disabled: true }, "示例查询 Examples"),
      EXAMPLES.map((example, index) => h("option", { key: example.title, value: index }, example.title)),
    ),
  );
}
