package io.plotpalette.api.seeddata;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.ApiClients;
import io.plotpalette.api.ApiConfig;
import io.plotpalette.api.TableThrottles;
import io.plotpalette.api.TransferBucket;
import io.plotpalette.api.http.ApiContract;
import io.plotpalette.api.http.ApiHandler;
import io.plotpalette.api.http.ApiRequest;
import io.plotpalette.api.http.ApiResponse;
import io.plotpalette.api.http.Cursor;
import io.plotpalette.api.http.ETag;
import io.plotpalette.api.http.Idempotency;
import io.plotpalette.api.http.IfMatch;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.PrimingRequest;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.api.http.ProblemType;
import io.plotpalette.api.http.RequestLog;
import io.plotpalette.api.http.Router;
import io.plotpalette.api.http.Violation;
import io.plotpalette.api.seeddata.SeedData.Checked;
import io.plotpalette.api.seeddata.SeedData.Status;
import io.plotpalette.api.seeddata.SeedFiles.Look;
import io.plotpalette.api.tasks.TaskIds;
import io.plotpalette.api.templates.TemplateStore;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.seed.SeedCheck;
import io.plotpalette.model.seed.SeedFormat;
import io.plotpalette.model.table.SeedDataAttribute;
import io.plotpalette.model.template.CompiledTemplate;
import io.plotpalette.model.template.Template;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.crac.Core;

/** Serves the operations tagged {@code seeddata}. */
public final class SeeddataHandler extends ApiHandler {
  private final Router router;
  private final SeedDataStore store;
  private final TemplateStore templates;
  private final Supplier<TransferBucket> bucket;
  private final InstantSource clock;
  private final Supplier<String> ids;

  /** For Lambda: configured by the environment. */
  public SeeddataHandler() {
    this(ApiConfig.read(System::getenv), new TableThrottles());
    Core.getGlobalContext().register(this);
  }

  private SeeddataHandler(ApiConfig config, TableThrottles throttles) {
    this(
        config,
        ApiClients.onLambda(config, throttles),
        InstantSource.system(),
        TaskIds.timeOrdered(),
        RequestLog.of("seeddata", System::getenv, throttles::drain));
  }

  /**
   * @param ids new ids of seed data: UUIDv7 in lower case
   */
  public SeeddataHandler(
      ApiConfig config, ApiClients clients, InstantSource clock, Supplier<String> ids) {
    this(config, clients, clock, ids, RequestLog.of("seeddata", System::getenv, () -> 0));
  }

  private SeeddataHandler(
      ApiConfig config,
      ApiClients clients,
      InstantSource clock,
      Supplier<String> ids,
      RequestLog log) {
    super(PrimingRequest.get("/v1/seed-data"));
    this.store = new SeedDataStore(clients.dynamoDb(), config.datasets().seedDataTable());
    this.templates = new TemplateStore(clients.dynamoDb(), config.datasets().templatesTable());
    this.bucket = clients.files();
    this.clock = clock;
    this.ids = ids;
    this.router =
        Router.of(
                ApiContract.packaged(),
                "seeddata",
                Map.of(
                    "createSeedData", this::create,
                    "listSeedData", this::list,
                    "getSeedData", this::get,
                    "deleteSeedData", this::delete,
                    "validateSeedData", this::validate))
            .with(new Idempotency(clients.dynamoDb(), config.idempotencyTable(), clock, ids))
            .with(log);
  }

  @Override
  protected Router router() {
    return router;
  }

  private ApiResponse create(ApiRequest request) {
    JsonNode body = request.body();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    SeedData seedData =
        new SeedData(
            request.userId(),
            request.ids(ids).next().get(),
            body.get("name").textValue(),
            SeedFormat.fromWire(body.get("format").textValue()).orElseThrow(),
            body.get("size").longValue(),
            Status.OPEN,
            null,
            now,
            1);
    if (!store.add(seedData)) {
      // An earlier run of this request wrote it; nobody else's can have the id.
      seedData = find(request.userId(), seedData.seedDataId());
    }
    ObjectNode answer = json(seedData);
    answer.put(
        "upload_url", bucket.get().uploadAddress(seedData.uploadKey(), seedData.size()).toString());
    answer.put("upload_expires_at", IsoMillis.format(now.plus(TransferBucket.ADDRESS_VALID)));
    return ApiResponse.json(201, answer)
        .withHeader("ETag", ETag.of(seedData.version()))
        .withHeader("Location", "/v1/seed-data/" + seedData.seedDataId());
  }

  private ApiResponse list(ApiRequest request) {
    Map<String, String> startAfter =
        request
            .queryText("cursor")
            .map(cursor -> Cursor.decode(cursor, SeedDataStore.LIST_KEY))
            .orElse(Map.of());
    SeedDataStore.Page page =
        store.list(request.userId(), request.query("limit").orElseThrow().intValue(), startAfter);
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode items = body.putArray("items");
    page.seedData().forEach(seedData -> items.add(json(seedData)));
    if (!page.nextKey().isEmpty()) {
      body.put("next_cursor", Cursor.encode(page.nextKey()));
    }
    return ApiResponse.json(200, body);
  }

  private ApiResponse get(ApiRequest request) {
    SeedData seedData = find(request);
    ApiResponse response =
        request.hasVersion(seedData.version())
            ? ApiResponse.notModified()
            : ApiResponse.json(200, json(seedData));
    return response.withHeader("ETag", ETag.of(seedData.version()));
  }

  /** The files go first: an entry without files can be deleted again, files without one cannot. */
  private ApiResponse delete(ApiRequest request) {
    IfMatch ifMatch = request.ifMatch();
    SeedData seedData = find(request);
    if (!ifMatch.matches(seedData.version())) {
      throw ProblemException.versionMismatch(seedData.version());
    }
    bucket.get().delete(seedData.uploadKey());
    bucket.get().delete(seedData.entriesKey());
    if (!store.delete(seedData)) {
      throw ProblemException.versionMismatch(find(request).version());
    }
    return ApiResponse.noContent();
  }

  private ApiResponse validate(ApiRequest request) {
    CompiledTemplate template = template(request);
    SeedData current = find(request);
    OptionalLong uploaded = bucket.get().size(current.uploadKey());
    if (uploaded.isEmpty() || uploaded.getAsLong() != current.size()) {
      throw ProblemException.of(ProblemType.UPLOAD_MISSING);
    }
    Look look =
        new SeedFiles(bucket.get())
            .look(current, template)
            .orElseThrow(() -> ProblemException.of(ProblemType.UPLOAD_MISSING));
    SeedCheck check = look.check();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    SeedData next =
        current.checked(
            check.isReadable() ? Status.VALID : Status.INVALID,
            new Checked(now, check.entries(), check.sha256(), look.objectVersion()));
    if (!store.replace(current, next)) {
      // Somebody else looked at it, or deleted it, in the meantime.
      throw ProblemException.unavailable();
    }
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.set("seed_data", json(next));
    body.put("usable", check.isUsable());
    ArrayNode problems = body.putArray("problems");
    for (SeedCheck.Problem problem : check.problems()) {
      ObjectNode item = problems.addObject();
      item.put("entry", problem.entry());
      if (problem.line() > 0) {
        item.put("line", problem.line());
        item.put("column", problem.column());
      }
      item.put("detail", problem.reason());
    }
    return ApiResponse.json(200, body).withHeader("ETag", ETag.of(next.version()));
  }

  /** Null when none is named. */
  private CompiledTemplate template(ApiRequest request) {
    JsonNode body = request.body();
    if (!body.has("template_id")) {
      return null;
    }
    String templateId = body.get("template_id").textValue();
    Optional<Template> found =
        body.has("template_version")
            ? templates.version(templateId, body.get("template_version").intValue())
            : templates.newest(templateId);
    return found
        .filter(template -> template.userId().equals(request.userId()))
        .map(template -> CompiledTemplate.of(template.definition()))
        .orElseThrow(
            () ->
                ProblemException.invalidBody(
                    List.of(
                        Violation.inBody("/template_id", "there is no such template or version"))));
  }

  private SeedData find(ApiRequest request) {
    return find(request.userId(), request.pathParameter(SeedDataAttribute.SEED_DATA_ID));
  }

  private SeedData find(String userId, String seedDataId) {
    return store
        .find(userId, seedDataId)
        .orElseThrow(() -> ProblemException.of(ProblemType.NOT_FOUND));
  }

  private static ObjectNode json(SeedData seedData) {
    ObjectNode json = SeedDataStore.json(seedData);
    json.remove(List.of(SeedDataAttribute.USER_ID, "object_version"));
    return json;
  }
}
