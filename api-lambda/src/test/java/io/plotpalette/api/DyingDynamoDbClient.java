package io.plotpalette.api;

import java.util.function.Consumer;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/** Makes the calls, and lets the test end the process, as it were, before or after any of them. */
public record DyingDynamoDbClient(
    DynamoDbClient client,
    Consumer<DynamoDbRequest> beforeCall,
    Consumer<DynamoDbRequest> afterCall)
    implements DynamoDbClient {

  /** Ends the process after calls only: the answer is lost. */
  public DyingDynamoDbClient(DynamoDbClient client, Consumer<DynamoDbRequest> afterCall) {
    this(client, request -> {}, afterCall);
  }

  /** What no handler catches. */
  public static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public PutItemResponse putItem(PutItemRequest request) {
    return call(request, client::putItem);
  }

  @Override
  public UpdateItemResponse updateItem(UpdateItemRequest request) {
    return call(request, client::updateItem);
  }

  @Override
  public DeleteItemResponse deleteItem(DeleteItemRequest request) {
    return call(request, client::deleteItem);
  }

  @Override
  public GetItemResponse getItem(GetItemRequest request) {
    return call(request, client::getItem);
  }

  @Override
  public BatchGetItemResponse batchGetItem(BatchGetItemRequest request) {
    return call(request, client::batchGetItem);
  }

  @Override
  public QueryResponse query(QueryRequest request) {
    return call(request, client::query);
  }

  @Override
  public TransactWriteItemsResponse transactWriteItems(TransactWriteItemsRequest request) {
    return call(request, client::transactWriteItems);
  }

  private <Q extends DynamoDbRequest, A> A call(Q request, Function<Q, A> call) {
    beforeCall.accept(request);
    A answer = call.apply(request);
    afterCall.accept(request);
    return answer;
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {
    // The client belongs to the test.
  }
}
