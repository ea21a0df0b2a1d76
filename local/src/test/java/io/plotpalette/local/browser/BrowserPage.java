package io.plotpalette.local.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A tab of {@link Chromium}: what its user sees and presses, and what it complains about. */
public final class BrowserPage implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private WebSocket socket;

  /** A key that can be pressed. */
  public enum Key {
    TAB("Tab", 9, null),
    ENTER("Enter", 13, "\r"),
    SPACE("Space", 32, " ");

    private final String code;
    private final int number;
    private final String text;

    Key(String code, int number, String text) {
      this.code = code;
      this.number = number;
      this.text = text;
    }
  }

  private BrowserPage() {}

  static BrowserPage connect(HttpClient http, URI address, int width, int height) {
    BrowserPage page = new BrowserPage();
    page.socket = http.newWebSocketBuilder().buildAsync(address, page.new Messages()).join();
    for (String domain : List.of("Page", "Runtime", "Log", "Network", "Accessibility")) {
      page.send(domain + ".enable", JSON.createObjectNode());
    }
    page.send(
        "Emulation.setDeviceMetricsOverride",
        JSON.createObjectNode()
            .put("width", width)
            .put("height", height)
            .put("deviceScaleFactor", 1)
            .put("mobile", false));
    return page;
  }

  public void goTo(String address) {
    send("Page.navigate", JSON.createObjectNode().put("url", address));
  }

  /** The value of an expression of JavaScript. */
  public JsonNode evaluate(String expression) {
    ObjectNode parameters = JSON.createObjectNode();
    parameters.put("expression", expression).put("returnByValue", true).put("awaitPromise", true);
    JsonNode answer = send("Runtime.evaluate", parameters);
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException(expression + ": " + answer.get("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  /** What can be read in the first element a CSS selector finds; empty if it is not shown. */
  public String text(String selector) {
    return evaluate(
            "(() => { const found = document.querySelector(%s);"
                    .formatted(JSON.getNodeFactory().textNode(selector))
                + " return found && found.offsetParent !== null ? found.innerText : ''; })()")
        .asText();
  }

  /** Waits until an element reads like this. */
  public void awaitText(String selector, String expected) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(text(selector)).isEqualTo(expected));
  }

  /** Waits until an expression of JavaScript is true. */
  public void awaitTrue(String expression) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(evaluate(expression)).as(expression).hasToString("true"));
  }

  public void press(Key key) {
    ObjectNode event = JSON.createObjectNode();
    event.put("key", key.text == null ? key.code : key.text).put("code", key.code);
    event.put("windowsVirtualKeyCode", key.number);
    if (key.text != null) {
      event.put("text", key.text);
    }
    send("Input.dispatchKeyEvent", event.deepCopy().put("type", "keyDown"));
    event.remove("text");
    send("Input.dispatchKeyEvent", event.put("type", "keyUp"));
  }

  /** Types into whatever has the focus. */
  public void type(String text) {
    send("Input.insertText", JSON.createObjectNode().put("text", text));
  }

  /** Role and name of what assistive technology is told of, in the order of the page. */
  public List<String> spoken() {
    List<String> spoken = new ArrayList<>();
    for (JsonNode node :
        send("Accessibility.getFullAXTree", JSON.createObjectNode()).path("nodes")) {
      if (!node.path("ignored").asBoolean()) {
        spoken.add(node.at("/role/value").asText() + " " + node.at("/name/value").asText().strip());
      }
    }
    return spoken;
  }

  /** Errors and warnings of the browser's console since the tab was opened. */
  public List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** Addresses the tab has asked for. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** What the window shows, as PNG. */
  public byte[] picture() {
    ObjectNode parameters = JSON.createObjectNode().put("format", "png");
    return Base64.getDecoder()
        .decode(send("Page.captureScreenshot", parameters).get("data").textValue());
  }

  private JsonNode send(String method, ObjectNode parameters) {
    int id = ids.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
    message.set("params", parameters);
    socket.sendText(message.toString(), true).join();
    JsonNode result = answer.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    if (result.has("error")) {
      throw new IllegalStateException(method + ": " + result.get("error"));
    }
    return result.path("result");
  }

  private void received(String text) {
    JsonNode message;
    try {
      message = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
    if (message.has("id")) {
      answers.remove(message.get("id").intValue()).complete(message);
      return;
    }
    switch (message.path("method").asText()) {
      case "Log.entryAdded" -> complaints.add(message.at("/params/entry").toString());
      case "Runtime.exceptionThrown" -> complaints.add(message.get("params").toString());
      case "Network.requestWillBeSent" -> requests.add(message.at("/params/request/url").asText());
      default -> {
        // Nothing a test asks for.
      }
    }
  }

  @Override
  public void close() {
    socket.abort();
  }

  private final class Messages implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        received(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      answers.values().forEach(answer -> answer.completeExceptionally(error));
    }
  }
}
