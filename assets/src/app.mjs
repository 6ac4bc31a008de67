// Enhancements only: every page works when this file never arrives.
import {
  Accordion, Button, CharacterCount, Checkboxes, ErrorSummary, ExitThisPage, FileUpload,
  NotificationBanner, PasswordInput, Radios, ServiceNavigation, SkipLink, Tabs, createAll,
} from "govuk-frontend";
import { Alert } from "@ministryofjustice/frontend/moj/components/alert/alert.mjs";
import { ButtonMenu } from "@ministryofjustice/frontend/moj/components/button-menu/button-menu.mjs";
import { MultiSelect } from "@ministryofjustice/frontend/moj/components/multi-select/multi-select.mjs";
import { SortableTable } from "@ministryofjustice/frontend/moj/components/sortable-table/sortable-table.mjs";

import { review } from "./review.mjs";

const components = [
  Accordion, Button, CharacterCount, Checkboxes, ErrorSummary, ExitThisPage, FileUpload,
  NotificationBanner, PasswordInput, Radios, ServiceNavigation, SkipLink, Tabs,
  Alert, ButtonMenu, MultiSelect, SortableTable,
];
for (const component of components) {
  createAll(component);
}

// A note in the making is kept on the server while somebody types, and when they leave the field.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = form.querySelector("[data-autosave-status]");
  const said = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string")).toString();
  let kept = said();
  let waiting;
  const save = async () => {
    clearTimeout(waiting);
    waiting = undefined;
    const now = said();
    if (now === kept) return;
    try {
      const reply = await fetch(form.dataset.autosave, { method: "POST", body: new URLSearchParams(now), redirect: "error" });
      if (!reply.ok) throw new Error(String(reply.status));
      kept = now;
      const time = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
      status.textContent = `${form.dataset.autosaveSaved} ${time}`;
    } catch {
      status.textContent = form.dataset.autosaveFailed;
    }
  };
  form.addEventListener("input", () => (waiting ??= setTimeout(save, 5000)));
  form.addEventListener("focusout", () => waiting && save());
  form.addEventListener("submit", () => clearTimeout(waiting));
}
review();
