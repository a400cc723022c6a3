// ---- drawing a document with Bokeh: what cannot be drawn costs its own place, and none after it ----

// Bokeh hands out its class of documents only by an instance.
let documents = null;

async function documentOf(json) {
  documents ??= window.Bokeh.embed.embed_items({ none: { ...json, title: "", roots: [] } }, []).then(() => {
    const index = window.Bokeh.documents.findLastIndex((doc) => !doc.all_roots.length);
    return window.Bokeh.documents.splice(index, 1)[0].constructor;
  });
  return (await documents).from_json(json);
}

// Milliseconds that the modules of a component may take to come.
const MODULE_WAIT = 15000;

// Draws the roots of a document, each in the element that `placeOf` returns for its model; returns
// the document. `failed(place, error)` is called for each that cannot be drawn.
export async function drawIn(json, placeOf, failed) {
  const doc = await documentOf(json);
  const places = doc.all_roots.map((model) => placeOf(model) ?? document.createElement("div"));
  doc.all_roots.forEach((model, i) => guard(model, (error) => failed(places[i], error)));
  await window.Bokeh.embed.add_document_standalone(doc, document.createElement("div"), places);
  doc.all_roots.forEach((model, i) => awaitModules(doc, model, (error) => failed(places[i], error)));
  return doc;
}

// A component whose module cannot be imported or does not run stays empty, and Panel does not say so.
async function awaitModules(doc, root, failed) {
  const modules = [...root.references()].filter((model) => model.compiled_module instanceof Promise);
  try {
    await Promise.all(modules.map(arrived));
  } catch (error) { failed(error); }
  if (modules.length) setTimeout(() => viewsOf(doc.views_manager.get(root)).forEach((view) => view.ready.catch(failed)));
}

async function arrived(model) {
  const late = new Promise((done) => setTimeout(done, MODULE_WAIT, null));
  if (await Promise.race([model.compiled_module, late]) === null) throw new Error(`the module of ${model.type} did not load`);
}

const viewsOf = (view) => view ? [view, ...[...view.children()].flatMap(viewsOf)] : [];

function guard(model, failed) {
  const View = model.default_view;
  if (!View) return;
  model.default_view = class extends View {
    async lazy_initialize() {
      try { await super.lazy_initialize(); } catch (error) { failed(error); }
    }
    build(target) {
      try { super.build(target); } catch (error) { failed(error); }
    }
  };
}
