package io.plotpalette.local.bedrock;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.local.loopback.Loopback;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Language models on this machine: Bedrock's Converse protocol, as an SDK's client speaks it, with
 * made-up texts, real prices and every way to fail. No thread waits for an answer's time, so
 * thousands of calls can be under way. Signatures are not looked at.
 *
 * <p>{@code GET /stand-in/bill} says what was served and billed, {@code DELETE} forgets it; {@code
 * GET /stand-in/behaviour} says how it behaves, {@code PATCH} with some of the fields changes it.
 */
public final class BedrockStandIn implements AutoCloseable {
  private static final String WHAT = "the Bedrock stand-in";
  private static final int MAX_THREADS = 8;
  private static final int ACCEPT_QUEUE = 4_096;
  private static final int MAX_BODY_BYTES = 4 * 1024 * 1024;
  private static final String BEHAVIOUR_PATH = "/stand-in/behaviour";
  private static final String BILL_PATH = "/stand-in/bill";
  private static final Pattern CONVERSE_PATH = Pattern.compile("/model/([^/]+)/converse");

  /** Longer than any client keeps an idle connection. */
  private static final Duration IDLE_CONNECTION_LIFE = Duration.ofMinutes(5);

  /** For how long a call that is to time out is held, unless its client goes. */
  private static final Duration SILENCE = Duration.ofMinutes(4);

  /** Of a standard normal variable; one in twenty is above. */
  private static final double P95_SIGMAS = 1.645;

  private static final Logger LOG = LoggerFactory.getLogger(BedrockStandIn.class);
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private static final String[] MALFORMED = {
    "{}",
    "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\"Snow\"}]}}}",
    "{\"output\":{\"message\":{\"role\":\"assist",
    "<html><body>Service</body></html>",
    "{\"usage\":{\"inputTokens\":-1,\"outputTokens\":\"many\"}}",
    ""
  };

  private final PriceList prices;
  private final long seed;
  private final SplittableRandom random;
  private final Bill bill = new Bill();
  private final ScheduledExecutorService later;
  private final Server server;
  private final int port;
  private volatile StandInBehaviour behaviour;

  /**
   * What it starts with.
   *
   * @param port 0 for any free one
   * @param seed of texts, latencies and failures
   * @param rememberPrompts so that the bill says how many calls were served twice
   */
  public record Options(int port, long seed, StandInBehaviour behaviour, boolean rememberPrompts) {}

  private enum Fate {
    ANSWERED,
    THROTTLED,
    SERVER_ERROR,
    TIME_OUT,
    CUT,
    MALFORMED
  }

  /** A request whose fate is decided. */
  private record Exchange(
      Request request, Response response, Callback callback, Fate fate, double variant) {}

  /**
   * Starts it.
   *
   * @throws io.plotpalette.local.loopback.PortInUseException if something else listens there
   */
  public BedrockStandIn(Options options, PriceList prices) {
    this.prices = prices;
    this.seed = options.seed();
    this.random = new SplittableRandom(seed);
    this.behaviour = options.behaviour();
    if (options.rememberPrompts()) {
      bill.rememberPrompts();
    }
    later =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, WHAT + ": answers");
              thread.setDaemon(true);
              return thread;
            });
    server = new Server(Loopback.threadPool(WHAT, MAX_THREADS, null));
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(Loopback.HOST);
    connector.setPort(options.port());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    connector.setIdleTimeout(IDLE_CONNECTION_LIFE.toMillis());
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract.NonBlocking() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            route(request, response, callback);
            return true;
          }
        });
    try {
      Loopback.start(WHAT, options.port(), server::start);
    } catch (RuntimeException e) {
      later.shutdownNow();
      throw e;
    }
    port = connector.getLocalPort();
  }

  public URI endpoint() {
    return Loopback.endpoint(port);
  }

  public Bill bill() {
    return bill;
  }

  public StandInBehaviour behaviour() {
    return behaviour;
  }

  /** From the next request on. */
  public void behave(StandInBehaviour next) {
    behaviour = next;
  }

  private void route(Request request, Response response, Callback callback) {
    String path = request.getHttpURI().getPath();
    Matcher converse = CONVERSE_PATH.matcher(path);
    String method = request.getMethod();
    if (method.equals("POST") && converse.matches()) {
      String model = URLDecoder.decode(converse.group(1), StandardCharsets.UTF_8);
      withBody(
          request, response, callback, body -> converse(model, body, request, response, callback));
    } else if (method.equals("GET") && path.equals(BILL_PATH)) {
      respond(response, callback, 200, json(bill.json()));
    } else if (method.equals("DELETE") && path.equals(BILL_PATH)) {
      bill.clear();
      respond(response, callback, 200, json(bill.json()));
    } else if (method.equals("GET") && path.equals(BEHAVIOUR_PATH)) {
      respond(response, callback, 200, json(behaviour.json()));
    } else if (method.equals("PATCH") && path.equals(BEHAVIOUR_PATH)) {
      withBody(request, response, callback, body -> change(body, response, callback));
    } else {
      fail(response, callback, 404, "UnknownOperationException", "There is no " + path + ".");
    }
  }

  private interface BodyReader {
    void accept(byte[] body);
  }

  private void withBody(Request request, Response response, Callback callback, BodyReader reader) {
    Content.Source.asByteArrayAsync(
        request,
        MAX_BODY_BYTES,
        new Promise.Invocable.NonBlocking<byte[]>() {
          @Override
          public void succeeded(byte[] body) {
            try {
              reader.accept(body);
            } catch (RuntimeException e) {
              fail(response, callback, 500, "InternalServerException", e.toString());
            }
          }

          @Override
          public void failed(Throwable failure) {
            callback.failed(failure);
          }
        });
  }

  private void change(byte[] body, Response response, Callback callback) {
    try {
      behaviour = behaviour.with(JSON.readTree(body));
      respond(response, callback, 200, json(behaviour.json()));
    } catch (IOException | IllegalArgumentException e) {
      fail(response, callback, 400, "ValidationException", e.getMessage());
    }
  }

  private void converse(
      String model, byte[] body, Request request, Response response, Callback callback) {
    bill.received();
    ConverseCall call;
    try {
      call = ConverseCall.read(model, body);
      if (prices.cost(model, 0, 0).isEmpty()) {
        throw new IllegalArgumentException("The provided model identifier is invalid.");
      }
    } catch (IllegalArgumentException e) {
      bill.refused();
      fail(response, callback, 400, "ValidationException", e.getMessage());
      return;
    }
    StandInBehaviour now = behaviour;
    Fate fate;
    long latency;
    double variant;
    synchronized (random) {
      fate = fate(now);
      latency = latencyMillis(now);
      variant = random.nextDouble();
    }
    Exchange exchange = new Exchange(request, response, callback, fate, variant);
    switch (fate) {
      case THROTTLED -> {
        bill.refused();
        fail(response, callback, 429, "ThrottlingException", "Too many requests, please wait.");
      }
      case SERVER_ERROR -> {
        bill.refused();
        if (variant < 0.5) {
          fail(response, callback, 500, "InternalServerException", "An internal error.");
        } else {
          fail(response, callback, 503, "ServiceUnavailableException", "Service unavailable.");
        }
      }
      default -> {
        ConverseAnswer answer = ConverseAnswer.to(call, now, seed);
        after(latency, () -> serve(call, answer, latency, exchange));
      }
    }
  }

  private void after(long millis, Runnable action) {
    var unused =
        later.schedule(
            () -> {
              try {
                action.run();
              } catch (RuntimeException e) {
                LOG.error("an answer could not be given", e);
              }
            },
            millis,
            TimeUnit.MILLISECONDS);
  }

  private Fate fate(StandInBehaviour now) {
    double draw = random.nextDouble();
    double[] shares = {
      now.throttled(), now.serverError(), now.timeOut(), now.cut(), now.malformed()
    };
    Fate[] fates = {Fate.THROTTLED, Fate.SERVER_ERROR, Fate.TIME_OUT, Fate.CUT, Fate.MALFORMED};
    for (int i = 0; i < shares.length; i++) {
      if (draw < shares[i]) {
        return fates[i];
      }
      draw -= shares[i];
    }
    return Fate.ANSWERED;
  }

  /** Log-normal, as latencies of models roughly are. */
  private long latencyMillis(StandInBehaviour now) {
    double median = now.medianLatency().toMillis();
    double p95 = now.p95Latency().toMillis();
    double deviations = random.nextGaussian();
    if (median == 0 || p95 == median) {
      return (long) median;
    }
    double sigma = Math.log(p95 / median) / P95_SIGMAS;
    return (long) Math.min(10 * p95, median * Math.exp(sigma * deviations));
  }

  private void serve(
      ConverseCall call, ConverseAnswer answer, long latencyMillis, Exchange exchange) {
    long cost = prices.cost(call.model(), answer.tokensIn(), answer.tokensOut()).orElseThrow();
    bill.served(call.model(), call.promptHash(), answer.tokensIn(), answer.tokensOut(), cost);
    switch (exchange.fate()) {
      case TIME_OUT -> after(SILENCE.toMillis(), () -> close(exchange));
      case CUT -> {
        if (exchange.variant() < 0.5) {
          close(exchange);
        } else {
          cutWithin(answer.body(latencyMillis), exchange);
        }
      }
      case MALFORMED -> {
        int which = (int) (exchange.variant() * MALFORMED.length);
        respond(
            exchange.response(),
            exchange.callback(),
            200,
            MALFORMED[which].getBytes(StandardCharsets.UTF_8));
      }
      default -> respond(exchange.response(), exchange.callback(), 200, answer.body(latencyMillis));
    }
  }

  private static void cutWithin(byte[] body, Exchange exchange) {
    Response response = exchange.response();
    response.setStatus(200);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(
        false,
        ByteBuffer.wrap(body, 0, body.length / 2),
        Callback.from(() -> close(exchange), failure -> close(exchange)));
  }

  private static void close(Exchange exchange) {
    exchange.request().getConnectionMetaData().getConnection().getEndPoint().close();
    exchange.callback().failed(new EofException("cut on request"));
  }

  private static void fail(
      Response response, Callback callback, int status, String type, String message) {
    response.getHeaders().put("x-amzn-ErrorType", type);
    respond(response, callback, status, json(JSON.createObjectNode().put("message", message)));
  }

  private static byte[] json(ObjectNode json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void respond(Response response, Callback callback, int status, byte[] body) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
  }

  @Override
  public void close() throws Exception {
    later.shutdownNow();
    server.stop();
  }
}
