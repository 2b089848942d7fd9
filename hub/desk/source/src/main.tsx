// The workbench: a client of the hub's GraphQL interface, with nothing that any other client could not do.
import { createRoot } from "react-dom/client";
import { App } from "./app";
import "./style.css";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
