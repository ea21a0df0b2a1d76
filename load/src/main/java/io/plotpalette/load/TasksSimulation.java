package io.plotpalette.load;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.csv;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.feed;
import static io.gatling.javaapi.core.CoreDsl.percent;
import static io.gatling.javaapi.core.CoreDsl.randomSwitchOrElse;
import static io.gatling.javaapi.core.CoreDsl.responseTimeInMillis;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.header;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.CheckBuilder;
import io.gatling.javaapi.core.Simulation;
import java.time.Duration;

/**
 * Users of the task API at a fixed rate, whatever became of the requests before. Of 100 requests 60
 * read a task, 20 list a page of tasks, 10 create a task and 10 change one.
 *
 * <p>System properties: {@code load.api}, {@code load.tasks} (a CSV file with {@code token} and
 * {@code task_id}), {@code load.rate} in requests a second, {@code load.warm-up-seconds} at this
 * rate and then {@code load.seconds} which count.
 */
public final class TasksSimulation extends Simulation {
  /** Of 100 requests 10 are the second one of their user, who reads a task and then changes it. */
  private static final double USERS_A_REQUEST = 0.9;

  private final Timings timings;

  public TasksSimulation() {
    Duration warmUp = Duration.ofSeconds(Integer.getInteger("load.warm-up-seconds"));
    Duration counted = Duration.ofSeconds(Integer.getInteger("load.seconds"));
    timings = new Timings(System.nanoTime() + warmUp.toNanos());
    ChainBuilder read =
        exec(http("read")
                .get("/v1/tasks/#{task_id}")
                .check(status().is(200), header("ETag").saveAs("etag"), time()))
            .exec(timings::add);
    ChainBuilder list =
        exec(http("list").get("/v1/tasks").check(status().is(200), time())).exec(timings::add);
    ChainBuilder create =
        exec(http("create")
                .post("/v1/tasks")
                .body(
                    StringBody(
                        "{\"title\":\"Order the proofs\",\"description\":\"Two sets, matt paper.\","
                            + "\"priority\":\"high\",\"labels\":[\"print\"]}"))
                .header("Content-Type", "application/json")
                .check(status().is(201), time()))
            .exec(timings::add);
    ChainBuilder change =
        exec(http("change")
                .patch("/v1/tasks/#{task_id}")
                .header("If-Match", "#{etag}")
                .header("Content-Type", "application/merge-patch+json")
                .body(StringBody("{\"title\":\"Order the last proofs\"}"))
                .check(status().is(200), time()))
            .exec(timings::add);
    // In turn, so that nobody changes a task while somebody else does.
    ChainBuilder user =
        feed(csv(System.getProperty("load.tasks")).circular())
            .exec(
                randomSwitchOrElse()
                    .on(
                        percent(50 / USERS_A_REQUEST).then(read),
                        percent(20 / USERS_A_REQUEST).then(list),
                        percent(10 / USERS_A_REQUEST).then(create))
                    .orElse(exec(read, change)));
    setUp(
            scenario("tasks")
                .exec(user)
                .injectOpen(
                    constantUsersPerSec(Integer.getInteger("load.rate") * USERS_A_REQUEST)
                        .during(warmUp.plus(counted))
                        .randomized()))
        .protocols(
            http.baseUrl(System.getProperty("load.api"))
                .shareConnections()
                .disableCaching()
                .header("Authorization", "Bearer #{token}"));
  }

  private static CheckBuilder time() {
    return responseTimeInMillis().saveAs(Timings.MILLIS);
  }

  /** Says what became of the requests, for who reads the output. */
  @Override
  public void after() {
    System.out.println(timings.summary());
  }
}
