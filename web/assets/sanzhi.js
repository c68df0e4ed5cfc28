/*
 * What makes the pages smoother; every page works without it. One listener on the document for each kind of event, so that
 * what htmx swaps in needs no wiring; `ready` runs over each new part of the page.
 */
(() => {
  'use strict';
  const DRAFT = 'sanzhi.draft.';
  const DRAFT_DAYS = 14;
  const $$ = (within, what) => [...(within.querySelectorAll ? within.querySelectorAll(what) : [])];
  const dirty = new WeakSet();
  let sending = false;

  /* --- telling --- */
  function say(text, label, action) {
    const box = document.getElementById('say');
    if (!box) return;
    box.textContent = text;
    if (label) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = label;
      button.addEventListener('click', () => { box.textContent = ''; action(); });
      box.append(button);
    }
    clearTimeout(say.timer);
    say.timer = setTimeout(() => { box.textContent = ''; }, label ? 20000 : 6000);
  }

  /* --- drafts: the words typed into a form outlive a lost connection; passwords, files and tokens are never kept --- */
  const kept = (el) => el.name && !el.disabled && !['hidden', 'password', 'file', 'submit', 'button'].includes(el.type);
  const store = {
    get(key) { try { return JSON.parse(localStorage.getItem(DRAFT + key)); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(DRAFT + key, JSON.stringify(value)); return true; } catch { return false; } },
    drop(key) { try { localStorage.removeItem(DRAFT + key); } catch { /* nothing kept, nothing to drop */ } },
    sweep() {
      try {
        for (const name of Object.keys(localStorage)) {
          if (!name.startsWith(DRAFT)) continue;
          const draft = store.get(name.slice(DRAFT.length));
          if (!draft || Date.now() - draft.at > DRAFT_DAYS * 864e5) localStorage.removeItem(name);
        }
      } catch { /* a browser that keeps nothing */ }
    },
  };

  function readForm(form) {
    const values = {};
    for (const el of form.elements) {
      if (!kept(el)) continue;
      const list = (values[el.name] ||= []);
      if (el.type === 'checkbox' || el.type === 'radio') {
        if (el.checked) list.push(el.value);
      } else {
        list.push(el.value);
      }
    }
    return values;
  }

  function fillForm(form, values) {
    for (const table of $$(form, '[data-grid]')) {
      const rows = () => table.tBodies[0].rows.length;
      const first = table.tBodies[0].querySelector('[name]');
      if (!first) continue;
      const stem = first.name.replace(/\.\d+\.[^.]+$/, '.');
      const wanted = Math.max(0, ...Object.keys(values).filter((n) => n.startsWith(stem)).map((n) => parseInt(n.slice(stem.length), 10) + 1));
      while (rows() < wanted && rows() < 500) addRow(table);
    }
    const used = {};
    for (const el of form.elements) {
      if (!kept(el) || !(el.name in values)) continue;
      if (el.type === 'checkbox' || el.type === 'radio') {
        el.checked = values[el.name].includes(el.value);
      } else {
        const i = (used[el.name] = (used[el.name] ?? -1) + 1);
        if (values[el.name][i] !== undefined) el.value = values[el.name][i];
      }
    }
  }

  function keepDraft(form) {
    const key = form.dataset.draft;
    clearTimeout(form.draftTimer);
    form.draftTimer = null;
    const done = store.set(key, { at: Date.now(), values: readForm(form) });
    const state = form.querySelector('[data-draft-state]');
    if (state) state.textContent = done ? `草稿已存在本机（${new Date().toTimeString().slice(0, 5)}）。` : '这个浏览器不能存草稿，请及时提交。';
  }

  function offerDraft(form) {
    const draft = store.get(form.dataset.draft);
    if (!draft) return;
    const now = readForm(form);
    if (JSON.stringify(now) === JSON.stringify(draft.values)) return;
    const when = new Date(draft.at).toLocaleString('zh-CN', { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' });
    const bar = document.createElement('div');
    bar.className = 'notice is-warning';
    bar.setAttribute('role', 'status');
    const words = document.createElement('p');
    words.textContent = `本机留有 ${when} 没有提交的草稿。`;
    const button = (label, act) => {
      const b = document.createElement('button');
      b.type = 'button';
      b.className = 'btn btn-sm';
      b.textContent = label;
      b.addEventListener('click', () => { act(); bar.remove(); });
      return b;
    };
    bar.append(words,
      button('恢复草稿', () => { fillForm(form, draft.values); dirty.add(form); say('草稿已恢复。文件要重新选择。'); }),
      button('不要了', () => store.drop(form.dataset.draft)));
    form.before(bar);
  }

  /* A page that the server sent after an accepted form tells of no problem; the draft of the form just sent goes then. */
  function settleDraft() {
    let sent = null;
    try { sent = sessionStorage.getItem(DRAFT + 'sent'); } catch { return; }
    if (!sent) return;
    if (!document.querySelector('.problem, .lost') && !document.querySelector(`form[data-draft="${CSS.escape(sent)}"]`)) store.drop(sent);
    try { sessionStorage.removeItem(DRAFT + 'sent'); } catch { /* as above */ }
  }

  /* --- tables with rows to add --- */
  function renumber(body) {
    [...body.rows].forEach((row, n) => {
      for (const el of $$(row, '[name]')) {
        el.name = el.name.replace(/\.\d+(\.[^.]+)$/, `.${n}$1`);
        el.id = el.name;
        if (el.ariaLabel) el.ariaLabel = el.ariaLabel.replace(/第 \d+ 行/, `第 ${n + 1} 行`);
      }
    });
  }
  function addRow(table) {
    const body = table.tBodies[0];
    const last = body.rows[body.rows.length - 1];
    if (!last) return;
    const row = last.cloneNode(true);
    for (const el of $$(row, 'input, textarea, select')) {
      if (el.type === 'checkbox' || el.type === 'radio') el.checked = false;
      else el.value = '';
      el.removeAttribute('aria-invalid');
    }
    for (const el of $$(row, '.field-error')) el.remove();
    body.append(row);
    renumber(body);
    return row;
  }

  /* --- files --- */
  const size = (n) => (n < 1048576 ? `${Math.ceil(n / 1024)} KB` : `${(n / 1048576).toFixed(1)} MB`);
  function showFiles(input) {
    const list = input.closest('[data-drop]')?.querySelector('[data-drop-list]');
    if (!list) return;
    list.replaceChildren(...[...input.files].map((file) => {
      const li = document.createElement('li');
      li.textContent = `${file.name}（${size(file.size)}）`;
      return li;
    }));
  }

  /* --- signatures --- */
  function wireSign(box) {
    if (!window.SignaturePad || box.dataset.wired) return;
    box.dataset.wired = 'yes';
    const pad = box.querySelector('[data-sign-pad]');
    const canvas = pad.querySelector('canvas');
    const image = box.querySelector('[data-sign-image]');
    pad.hidden = false;
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext('2d').scale(ratio, ratio);
    const signature = new window.SignaturePad(canvas, { penColor: '#0b2545' });
    if (image.value.startsWith('data:image/png')) signature.fromDataURL(image.value, { ratio });
    signature.addEventListener('endStroke', () => {
      image.value = signature.toDataURL('image/png');
      const at = box.querySelector('[type="datetime-local"]');
      if (at && !at.value) at.value = localNow();
      touched(box.closest('form'));
    });
    box.querySelector('[data-sign-clear]').addEventListener('click', () => { signature.clear(); image.value = ''; });
  }
  function localNow() {
    return new Date(Date.now() + 8 * 36e5).toISOString().slice(0, 16); /* Shanghai has no summer time */
  }

  function touched(form) {
    if (!form) return;
    if (form.matches('[data-guard]')) dirty.add(form);
    if (form.dataset.draft) {
      clearTimeout(form.draftTimer);
      form.draftTimer = setTimeout(() => keepDraft(form), 600);
    }
  }

  /* --- lists by keyboard --- */
  function pick(step) {
    const items = $$(document, '[data-item]');
    if (!items.length) return;
    const now = items.findIndex((item) => item.classList.contains('is-picked'));
    const next = items[Math.min(items.length - 1, Math.max(0, now + step))];
    items[now]?.classList.remove('is-picked');
    next.classList.add('is-picked');
    next.querySelector('a')?.focus();
    next.scrollIntoView({ block: 'nearest' });
  }

  /* --- events --- */
  document.addEventListener('input', (event) => touched(event.target.form));
  document.addEventListener('change', (event) => {
    if (event.target.type === 'file') showFiles(event.target);
    touched(event.target.form);
  });
  document.addEventListener('click', (event) => {
    const at = (what) => event.target.closest?.(what);
    if (at('[data-grid-add]')) addRow(at('fieldset').querySelector('[data-grid]'))?.querySelector('[name]')?.focus();
    if (at('[data-grid-remove]')) {
      const row = at('tr');
      const body = row.parentNode;
      if (body.rows.length > 1) row.remove();
      else for (const el of $$(row, '[name]')) el.value = '';
      renumber(body);
      touched(body.closest('form'));
    }
    if (at('[data-print]')) window.print();
    for (const open of $$(document, 'details.me[open]')) if (!open.contains(event.target)) open.open = false;
  });
  document.addEventListener('submit', (event) => {
    const form = event.target;
    sending = true;
    dirty.delete(form);
    if (form.dataset.draft) {
      keepDraft(form);
      try { sessionStorage.setItem(DRAFT + 'sent', form.dataset.draft); } catch { /* then the draft stays and is offered */ }
    }
  });
  for (const name of ['dragover', 'dragleave', 'drop']) {
    document.addEventListener(name, (event) => {
      const box = event.target.closest?.('[data-drop]');
      if (!box) return;
      event.preventDefault();
      box.classList.toggle('is-over', name === 'dragover');
      if (name !== 'drop') return;
      const input = box.querySelector('[type="file"]');
      const files = new DataTransfer();
      for (const file of event.dataTransfer.files) if (input.multiple || !files.items.length) files.items.add(file);
      input.files = files.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    });
  }
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest?.('input, textarea, select, [contenteditable]')) return;
    const search = document.querySelector('[data-search]');
    if (event.key === '/' && search) { event.preventDefault(); search.focus(); search.select(); }
    if (event.key === 'j') pick(1);
    if (event.key === 'k') pick(-1);
    if (event.key === '?') document.getElementById('keys')?.showModal();
  });
  const unsaved = () => !sending && $$(document, 'form[data-guard]').some((form) => dirty.has(form));
  window.addEventListener('pagehide', () => { for (const form of $$(document, 'form[data-draft]')) if (form.draftTimer) keepDraft(form); });
  window.addEventListener('beforeunload', (event) => { if (unsaved()) event.preventDefault(); });
  document.addEventListener('htmx:beforeRequest', (event) => {
    if (event.target.closest?.('form[data-guard]') || !unsaved()) return;
    if (!window.confirm('这一页还有没提交的内容，确定离开吗？')) event.preventDefault();
  });
  const failed = () => { sending = false; say('没有连上服务器。已填的文字留在本机，连上后可以再提交。'); for (const form of $$(document, 'form[data-guard]')) dirty.add(form); };
  document.addEventListener('htmx:sendError', failed);
  document.addEventListener('htmx:timeout', failed);
  window.addEventListener('offline', () => say('网络断开了。可以继续填写，文字会留在本机。'));
  window.addEventListener('online', () => say('网络已恢复。'));

  function ready(part) {
    sending = false;
    const nav = document.querySelector('.top-nav'), here = nav?.querySelector('[aria-current]');
    if (here) nav.scrollLeft = here.offsetLeft - (nav.clientWidth - here.offsetWidth) / 2;
    for (const button of $$(part, '[data-grid-add], [data-grid-remove], [data-print]')) button.hidden = false;
    for (const box of $$(part, '[data-sign]')) wireSign(box);
    settleDraft();
    for (const form of $$(part, 'form[data-draft]')) offerDraft(form);
    const problem = part.querySelector?.('.problem[role="alert"]');
    problem?.scrollIntoView({ block: 'start' });
    problem?.focus({ preventScroll: true }); /* it is read out, and the next Tab comes to the link of the first mistake */
  }
  document.addEventListener('htmx:afterSettle', (event) => ready(event.target));
  store.sweep();
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => ready(document));
  else ready(document);
})();
