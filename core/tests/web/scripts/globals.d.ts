/** What other scripts of the page bring. */
interface Window {
  Bokeh: any;
}
