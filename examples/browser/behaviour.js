/**
 * Tells the shop's gateway what a shopper does with a page of hits (docs/behaviour.md).
 *
 *   import { behaviour } from "./behaviour.js";
 *   const tell = behaviour({ endpoint: "https://search.example.com/_connector/events",
 *                            queryId: response.query_id });
 *   tell.watch(document.querySelector("#hits"));   // elements with data-product and data-ordinal
 *   tell.event("add_to_cart", "sku-1", 3);
 *
 * Begin only once the shopper has agreed: an id is kept in the browser.
 */
export function behaviour({ endpoint, queryId, userId, application = "shop", page = globalThis }) {
  const clientId = kept(page.localStorage, "connector.client", page);
  const sessionId = kept(page.sessionStorage, "connector.session", page);
  let waiting = [];

  function event(action, product, ordinal) {
    waiting.push({
      application,
      action_name: action,
      query_id: queryId,
      client_id: clientId,
      session_id: sessionId,
      ...(userId ? { user_id: userId } : {}),
      timestamp: new Date().toISOString(),
      event_attributes: {
        object: { object_id: product, object_id_field: "_id" },
        position: { ordinal },
      },
    });
    if (waiting.length >= 20 || action !== "impression") send();
  }

  function send() {
    if (!waiting.length) return;
    // A beacon outlives the page that the click leaves; as text it needs no leave from the host.
    page.navigator.sendBeacon(endpoint, JSON.stringify(waiting));
    waiting = [];
  }

  function watch(list) {
    list.addEventListener("click", (click) => {
      const hit = click.target.closest("[data-product]");
      if (hit) event("click", hit.dataset.product, Number(hit.dataset.ordinal));
    });
    page.addEventListener("pagehide", send);
  }

  return { event, send, watch };
}

function kept(storage, name, page) {
  const known = storage.getItem(name);
  if (known) return known;
  const made = page.crypto.randomUUID();
  storage.setItem(name, made);
  return made;
}
