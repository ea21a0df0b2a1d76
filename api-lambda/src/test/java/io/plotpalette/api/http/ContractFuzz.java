package io.plotpalette.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.api.http.ApiOperation.RequestBody;
import io.plotpalette.api.http.TestingApi.Answer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Requests made from the contract, kept and broken: none may fail, and every answer keeps the
 * contract. A failure names the seed; {@code -Dfuzz.seed=} plays it again.
 */
public final class ContractFuzz {
  private final TestingApi api;
  private final List<String> users;
  private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final ApiContract contract = ApiContract.packaged();
  private final ContractSamples samples = new ContractSamples(contract, random);
  private final Map<Integer, Integer> statuses = new TreeMap<>();
  private int sent;

  /**
   * @param users ids of those whose requests these are
   */
  public ContractFuzz(TestingApi api, List<String> users) {
    this.api = api;
    this.users = users;
    System.out.println("contract fuzz seed " + seed);
  }

  /** Sends so many requests. */
  public void send(int requests) {
    for (int i = 0; i < requests; i++) {
      sendOne(sent++);
    }
  }

  /** How often each status was answered so far. */
  public Map<Integer, Integer> statuses() {
    return statuses;
  }

  private void sendOne(int number) {
    ApiOperation operation =
        contract.operations().get(random.nextInt(contract.operations().size()));
    TestingApi.Call call = api.call(operation.method(), path(operation));
    StringBuilder what = new StringBuilder(operation.operationId());
    if (random.nextInt(20) != 0) {
      String user = users.get(random.nextInt(users.size()));
      call.as(user).header("authorization", "Bearer token-of-" + user);
      if (random.nextInt(4) == 0) {
        call.inGroup("admin");
      }
    }
    for (ApiParameter parameter : operation.parameters()) {
      if (!parameter.location().equals("path") && random.nextInt(3) != 0) {
        String value = samples.parameter(parameter);
        what.append(' ').append(parameter.name()).append('=').append(value);
        if (parameter.location().equals("query")) {
          call.query(parameter.name(), value);
        } else {
          call.header(parameter.name(), value);
        }
      }
    }
    if (random.nextInt(30) == 0) {
      call.query(samples.text(5), samples.text(5));
    }
    operation.requestBody().ifPresent(body -> addBody(call, body, what));

    Answer answer;
    try {
      answer = call.send();
    } catch (AssertionError e) {
      throw new AssertionError("seed %d, request %d: %s".formatted(seed, number, what), e);
    }
    assertThat(answer.status()).as("seed %d, request %d: %s", seed, number, what).isLessThan(500);
    statuses.merge(answer.status(), 1, Integer::sum);
    samples.learn(answer);
  }

  private String path(ApiOperation operation) {
    String path = operation.path();
    for (ApiParameter parameter : operation.parameters()) {
      if (parameter.location().equals("path")) {
        String value = random.nextInt(10) == 0 ? samples.pathText() : samples.id(parameter.name());
        if (parameter.name().equals("user_id") && random.nextBoolean()) {
          value = users.get(random.nextInt(users.size()));
        }
        path = path.replace("{" + parameter.name() + "}", value);
      }
    }
    return path;
  }

  private void addBody(TestingApi.Call call, RequestBody body, StringBuilder what) {
    String text = samples.body(body);
    what.append(" body=").append(text);
    String mediaType = random.nextInt(20) == 0 ? "text/plain" : body.mediaType();
    call.header("content-type", mediaType).body(text);
  }
}
